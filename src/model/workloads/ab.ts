import { NEVER } from '../../kernel/time.js';
import type { AbHead } from '../../metrics/generator.js';
import { type Checked, count, duration, fail, flag, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { AbConnections } from '../ab-connections.js';
import type { Call } from '../call.js';
import type { ClientManners } from '../client-manners.js';
import { type GeneratorSurroundings, startOption, type WorkloadPlug } from '../workload.js';

/** Requests that a time limit stands for where no number is given (support/ab.c). */
const REQUESTS_OF_A_TIME_LIMIT = 50_000;
/** Largest concurrency (support/ab.c, MAX_CONCURRENCY). */
const CONCURRENCY_MAX = 20_000;
const REQUESTS_MAX = 1_000_000;
const TIMEOUT_NS_DEFAULT = 30e9;

const options = record({
  ...startOption,
  n: count({ min: 1, max: REQUESTS_MAX })
    .optional()
    .describe('requests (`-n`); 1, or 50000 with a time limit'),
  c: count({ min: 1, max: CONCURRENCY_MAX }).default(1).describe('requests at a time (`-c`)'),
  k: flag().default(false).describe('keeps connections (`-k`); without it, each request has its own'),
  t: duration({ minNs: 1e9 }).optional().describe('time limit (`-t`): the first answer after it is the last'),
  s: duration({ minNs: 1e9 })
    .default(TIMEOUT_NS_DEFAULT)
    .describe('after so long without any answer, the test is given up (`-s`)'),
  l: flag().default(false).describe('answers may differ in length (`-l`)'),
  r: flag().default(false).describe('goes on where a connection is refused or reset (`-r`)'),
}).superRefine((value, context) => {
  const requests = requestsOf(value);
  if (value.c <= requests) return;
  fail(context, value.c, `at most as many as requests (${requests})`, undefined, ['c']);
});

type Options = Checked<typeof options>;

function requestsOf({ n, t }: { n?: number | undefined; t?: number | undefined }): number {
  return n ?? (t === undefined ? 1 : REQUESTS_OF_A_TIME_LIMIT);
}

/**
 * ApacheBench: a number of requests for one path, so many at a time.
 *
 * Limits: HTTP/1.0 is in how connections are used, not in how a server reads it (nginx keeps HTTP/1.0 connections as ab asks, uvicorn
 * never does); connections that are refused are seen one by one, while ab also gives up after ten of them; `-p` and `-u` are the
 * step's `bytes`.
 */
export const ab: WorkloadPlug<typeof options> = {
  name: 'ab',
  summary:
    'ApacheBench: a number of requests for one path, each connection sending its next after the answer.',
  source: 'ApacheBench 2.3 (httpd 2.4), support/ab.c',
  options,
  example: 'executor: ab\nn: 1000\nc: 10\nk: true',
  iteration: 'one request',
  manners: (checked) => new AbManners(checked),
  generator: (checked, surroundings) => ({
    kind: 'ab',
    startNs: checked.startTime,
    head: headOf(checked, surroundings),
  }),
  plan: (checked) => ({
    kind: 'iterations',
    vus: checked.c,
    iterations: requestsOf(checked),
    maxDurationNs: checked.t ?? NEVER,
  }),
  requirements: (checked) => [
    { atNs: 0, plannedVus: checked.c, unplannedVusMax: 0 },
    { atNs: NEVER, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const limit = checked.t === undefined ? '' : `, for ${goDuration(checked.t)} at most`;
    return `${requestsOf(checked)} requests, ${checked.c} at a time${limit}`;
  },
  create: (checked, context) =>
    new AbConnections(
      {
        n: requestsOf(checked),
        c: checked.c,
        timeLimitNs: checked.t ?? NEVER,
        silenceNs: checked.s,
        onReceiveError: checked.r ? 'go on' : 'exit',
      },
      context,
    ),
};

/** Port of a host without one. */
const HTTP_PORT = 80;

function headOf(checked: Options, { iteration, host, serverSoftware }: GeneratorSurroundings): AbHead {
  const [request] = iteration;
  const [, hostname = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return {
    hostname,
    port: port === undefined ? HTTP_PORT : Number(port),
    path: request?.kind === 'request' ? request.path : '/',
    serverSoftware,
    concurrency: checked.c,
    keepAlive: checked.k,
    variableLength: checked.l,
  };
}

/** How ab's client behaves. Besides the status, it judges by the length: every answer must be as long as the first. */
class AbManners implements ClientManners {
  readonly userAgent = 'ApacheBench/2.3';
  readonly headLines: readonly string[];
  readonly connections: 'kept' | 'closed';
  readonly staleConnections = 'fail';
  readonly timeoutNs = NEVER;
  private documentBytes: number | undefined = undefined;

  constructor(private readonly options: Options) {
    this.headLines = options.k ? ['Connection: Keep-Alive', 'Accept: */*'] : ['Accept: */*'];
    this.connections = options.k ? 'kept' : 'closed';
  }

  isFailure(call: Call): boolean {
    if (call.status === 0 || this.options.l) return false;
    this.documentBytes ??= call.bodyBytes;
    return call.bodyBytes !== this.documentBytes;
  }
}
