import {
  type Checked,
  count,
  duration,
  either,
  fail,
  flag,
  list,
  literal,
  mapOf,
  name,
  number,
  record,
  text,
} from '../../../options/fields.js';
import { durationDistribution } from '../../../random/fields.js';
import { algorithmField } from '../../algorithm-field.js';
import { nginxLimitConn } from '../../policies/nginx-limit-conn.js';
import { nginxLimitReq } from '../../policies/nginx-limit-req.js';
import { checkLimits } from './limit-words.js';
import { nginxMethod, nginxMethods } from './methods.js';
import { nextUpstreamField } from './next-upstream.js';

/** nginx counts `fail_timeout` in whole seconds. */
const wholeSeconds = () =>
  duration().transform((value, context) => {
    if (value % 1e9 !== 0)
      fail(context, `${value / 1e6}ms`, 'a duration of whole seconds, as nginx counts it');
    return value;
  });

const weight = () => count({ min: 1, max: 65_535 });
const parameters = {
  max_fails: count().describe('failures after which a server is taken out for fail_timeout; 0: never'),
  fail_timeout: wholeSeconds().describe('how long it is taken out, and how long failures are remembered'),
  max_conns: count().describe('requests in flight at most (per worker without zone); 0: no limit'),
  backup: flag().describe('used only when no other server is available'),
  down: flag().describe('never used'),
};

/** Parameters of one `server`, all optional: what `servers:` and a change of a running balancer may say. */
export const serverParametersField = record({
  weight: weight().optional(),
  max_fails: parameters.max_fails.optional(),
  fail_timeout: parameters.fail_timeout.optional(),
  max_conns: parameters.max_conns.optional(),
  backup: parameters.backup.optional(),
  down: parameters.down.optional(),
});

const upstreamField = record({
  weight: either([weight(), list(weight())])
    .default(1)
    .describe('share of the requests: one number, or one per replica'),
  max_fails: parameters.max_fails.default(1),
  fail_timeout: parameters.fail_timeout.prefault('10s'),
  max_conns: parameters.max_conns.default(0),
  backup: parameters.backup.default(false),
  down: parameters.down.default(false),
  servers: mapOf(serverParametersField)
    .default({})
    .describe('parameters of single servers, by name: { api-2: { backup: true } }'),
});

const keepaliveField = either([
  count().transform((connections) => ({ connections, ...KEEPALIVE_DEFAULTS })),
  record({
    connections: count(),
    keepalive_requests: count({ min: 1 }).default(1000),
    keepalive_time: duration().prefault('1h'),
    keepalive_timeout: duration().prefault('60s'),
  }),
]);

const KEEPALIVE_DEFAULTS = { keepalive_requests: 1000, keepalive_time: 3_600e9, keepalive_timeout: 60e9 };

/** `1.1` may be written as a number. */
const httpVersion = either([literal('1.0'), literal('1.1'), literal(1), literal(1.1)]).transform((value) =>
  value === '1.1' || value === 1.1 ? '1.1' : '1.0',
);

/** nginx's options with its words and defaults; a record, so that `input/` can add keys of its own. */
export const nginxOptions = record({
  ...nginxLimitReq.options.shape,
  ...nginxLimitConn.options.shape,
  version: either([text(), number()])
    .default('1.22')
    .describe('of nginx; from 1.29.7 upstream keepalive is on'),
  algorithm: algorithmField(nginxMethods, 'round_robin').describe(
    'round_robin, least_conn, ip_hash, hash or random',
  ),
  upstream: mapOf(upstreamField.prefault({}))
    .default({})
    .describe('server parameters by service: { api: { weight: [3, 2, 1], max_fails: 3 } }'),
  zone: either([flag(), name()])
    .default(false)
    .describe('true or a name: all workers share the state of the upstream'),
  keepalive: keepaliveField
    .optional()
    .describe(
      'idle upstream connections each worker keeps; works only with HTTP/1.1 and an empty Connection header',
    ),
  proxy_http_version: httpVersion.optional().describe('towards the servers: 1.0 closes after every request'),
  proxy_set_header: mapOf(text().or(literal('')))
    .default({})
    .describe('only Connection matters: "" lets upstream connections be kept'),
  proxy_connect_timeout: duration().prefault('60s').describe('for the handshake with a server; then 504'),
  proxy_send_timeout: duration()
    .prefault('60s')
    .describe('between two writes; never passes here: requests are sent whole'),
  proxy_read_timeout: duration().prefault('60s').describe('for the answer of a server; then 504'),
  proxy_next_upstream: nextUpstreamField().describe('after which failures another server is asked'),
  proxy_next_upstream_tries: count().default(0).describe('servers a request may be sent to; 0: all'),
  proxy_next_upstream_timeout: duration()
    .prefault('0')
    .describe('how long a request may be sent on; 0: for ever'),
  worker_processes: either([count({ min: 1, max: 1024 }), literal('auto')]).default(1),
  worker_connections: count({ min: 3 })
    .default(512)
    .describe('per worker: clients, upstream connections, idle ones, and two of its own'),
  backlog: count({ min: 1 }).default(511).describe('connections that may wait to be accepted'),
  keepalive_timeout: duration()
    .prefault('75s')
    .describe('how long an idle client connection is kept; 0: not at all'),
  keepalive_requests: count({ min: 1 }).default(1000).describe('requests on one client connection'),
  keepalive_time: duration().prefault('1h').describe('age from which a client connection is not kept'),
  cpu: durationDistribution()
    .prefault('60us')
    .describe('CPU per request: half before a server is picked, half for every answer (or failure) of one'),
}).superRefine((value, context) => {
  checkLimits(value, context);
  const method = nginxMethod(value.algorithm);
  if (method.allowsBackup) return;
  for (const [service, upstream] of Object.entries(value.upstream)) {
    const path = backupPath(upstream);
    if (path === undefined) continue;
    const expectation = `no backup servers with ${method.word}: nginx refuses them`;
    fail(context, true, expectation, undefined, ['upstream', service, ...path]);
  }
});

/** Where an upstream names a backup server. */
function backupPath(upstream: UpstreamOptions): string[] | undefined {
  if (upstream.backup) return ['backup'];
  const server = Object.entries(upstream.servers).find(([, parameters]) => parameters.backup === true);
  return server === undefined ? undefined : ['servers', server[0], 'backup'];
}

/** nginx's options after checking: durations in ns. */
export type NginxOptions = Checked<typeof nginxOptions>;
type UpstreamOptions = Checked<typeof upstreamField>;
/** Parameters of one `server` line of an upstream after checking: durations in ns. */
export type ServerOptions = Checked<typeof serverParametersField>;
