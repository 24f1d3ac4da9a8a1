import { NEVER } from '../../kernel/time.js';
import {
  bytes,
  type Checked,
  duration,
  fail,
  list,
  mapOf,
  number,
  record,
  text,
} from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { planOf } from '../iteration-program.js';
import { EXPECTED_BY_DEFAULT } from '../status-set.js';
import { TraceBehaviour, type TraceEntry, TraceReplay } from '../trace-replay.js';
import { type Arrivals, startOption, type WorkloadPlug } from '../workload.js';

/** Largest speed-up; and the slowest motion. */
const SPEED_MAX = 1_000_000;

const request = record({
  at: duration().describe('when it is sent, from the start'),
  method: text().default('GET'),
  path: text().describe('path with query'),
  client: text().optional().describe('address of the client'),
  headers: mapOf(text()).default({}).describe('request headers'),
  bytes: bytes().default(0).describe('size of the request body'),
});

const options = record({
  ...startOption,
  gracefulStop: duration()
    .default(30e9)
    .describe('how long requests may go on after the last one was sent, before they are interrupted'),
  file: text()
    .optional()
    .describe('what was recorded, relative to this file: a CSV file or an access log, read into requests'),
  requests: list(request).optional().describe('what is sent when, in place of a file'),
  speed: number({ above: 0, max: SPEED_MAX }).default(1).describe('how much faster than it was recorded'),
  timeout: duration({ minNs: 1 }).default(60e9).describe('of each call, connecting included'),
}).superRefine((value, context) => {
  const { requests = [] } = value;
  if (requests.length === 0) {
    fail(context, value.requests, 'at least one request, from a file or in a list', undefined, ['requests']);
  }
  requests.forEach(({ at: atNs, path }, index) => {
    const before = requests[index - 1];
    if (before !== undefined && atNs < before.at) {
      fail(context, atNs, 'a time not before that of the request before', undefined, [
        'requests',
        index,
        'at',
      ]);
    }
    if (!/^\/\S*$/.test(path)) {
      fail(context, path, 'a path that starts with "/"', undefined, ['requests', index, 'path']);
    }
  });
});

type Options = Checked<typeof options>;

/**
 * A trace, sent again as it was: open loop.
 *
 * Limits: the times of an access log are whole seconds in the common formats, and those at which requests ended; the requests of one
 * second are then sent together. What a trace says of answers (status, bytes) is not looked at.
 */
export const trace: WorkloadPlug<typeof options> = {
  name: 'trace',
  summary: 'Requests that were recorded, each sent at its time, however slow the system is.',
  source: 'own; nginx ngx_http_log_module (combined), Apache mod_log_config',
  options,
  example:
    'executor: trace\nrequests:   # or file: ./access.log\n  - { at: 0s, path: /produits }\n  - { at: 150ms, method: POST, path: /ventes, client: 10.0.0.7, bytes: 120 }\nspeed: 2',
  iteration: 'none',
  behaviour: (checked, context) => {
    const { timeout } = checked;
    const plans = (checked.requests ?? []).map(({ method, path, headers, bytes: bodyBytes }) =>
      planOf(
        {
          kind: 'request',
          method,
          path,
          options: { timeout, headers, bytes: bodyBytes, expect: [...EXPECTED_BY_DEFAULT] },
        },
        context,
      ),
    );
    return new TraceBehaviour(plans);
  },
  plan: (checked) => ({
    kind: 'arrivals',
    durationNs: lastNs(checked) + 1,
    arrivals: () => arrivalsOf(checked),
  }),
  requirements: (checked) => [
    { atNs: 0, plannedVus: 0, unplannedVusMax: entriesOf(checked).length },
    { atNs: lastNs(checked) + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const speed = checked.speed === 1 ? '' : ` at ${checked.speed} times the speed`;
    return `${entriesOf(checked).length} requests in ${goDuration(lastNs(checked))}${speed}`;
  },
  create: (checked, context) =>
    new TraceReplay({ entries: entriesOf(checked), gracefulStopNs: checked.gracefulStop }, context),
};

function entriesOf({ requests = [], speed }: Options): TraceEntry[] {
  return requests.map(({ at, client }) => ({ atNs: Math.round(at / speed), client }));
}

function lastNs(checked: Options): number {
  return entriesOf(checked).at(-1)!.atNs;
}

function arrivalsOf(checked: Options): Arrivals {
  const entries = entriesOf(checked);
  let index = 0;
  return {
    next: () => {
      index += 1;
      return entries[index - 1]?.atNs ?? NEVER;
    },
  };
}
