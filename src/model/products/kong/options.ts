import {
  type Checked,
  choice,
  count,
  duration,
  either,
  fail,
  list,
  literal,
  mapOf,
  number,
  record,
  text,
} from '../../../options/fields.js';
import { durationDistribution } from '../../../random/fields.js';
import { algorithmField } from '../../algorithm-field.js';
import { maybeUnixSeconds } from '../../calendar.js';
import { kongAlgorithms } from './algorithms.js';
import { pluginsField } from './plugins-field.js';
import { maybeRoutePath } from './route-path.js';

/** `one_byte_integer` (`upstreams.lua`); lua-resty-healthcheck itself takes at most 254. */
const limit = () => count({ max: 254 }).default(0);
const statuses = (...values: number[]) => list(count({ min: 100, max: 999 })).default(values);
const weight = () => count({ max: 65_535 });

const activeHealthyField = record({
  interval: duration().prefault('0').describe('between two checks of a healthy target; 0: none'),
  http_statuses: statuses(200, 302).describe('that are a success'),
  successes: limit().describe('successes in a row until a target is healthy; 0: not counted'),
});
const activeUnhealthyField = record({
  interval: duration().prefault('0').describe('between two checks of an unhealthy target; 0: none'),
  http_statuses: statuses(429, 404, 500, 501, 502, 503, 504, 505).describe('that are a failure'),
  http_failures: limit().describe('such answers until a target is unhealthy; 0: not counted'),
  tcp_failures: limit().describe('connections that fail, until a target is unhealthy; 0: not counted'),
  timeouts: limit().describe('timeouts until a target is unhealthy; 0: not counted'),
});
const activeField = record({
  type: choice(['http', 'tcp']).default('http').describe('tcp: only a connection'),
  http_path: text().default('/').describe('what is asked for'),
  timeout: duration({ minNs: 1 }).prefault('1s').describe('of a check'),
  concurrency: count({ min: 1 }).default(10).describe('targets that are checked at the same time'),
  healthy: activeHealthyField.prefault({}),
  unhealthy: activeUnhealthyField.prefault({}),
});

const passiveField = record({
  healthy: record({
    http_statuses: statuses(
      ...[200, 201, 202, 203, 204, 205, 206, 207, 208, 226],
      ...[300, 301, 302, 303, 304, 305, 306, 307, 308],
    ).describe('that are a success'),
    successes: limit().describe('successes in a row until a target is healthy; 0: not counted'),
  }).prefault({}),
  unhealthy: record({
    http_statuses: statuses(429, 500, 503).describe('that are a failure'),
    http_failures: limit().describe('such answers until a target is unhealthy; 0: not counted'),
    tcp_failures: limit().describe('connections that fail, until a target is unhealthy; 0: not counted'),
    timeouts: limit().describe('timeouts until a target is unhealthy; 0: not counted'),
  }).prefault({}),
});

const healthchecksField = record({
  active: activeField.prefault({}).describe('checks that Kong sends by itself'),
  passive: passiveField.prefault({}).describe('checks by what becomes of requests'),
  threshold: number({ min: 0, max: 100 })
    .default(0)
    .describe('percent of all weight that must be available, or more; else every request is answered 503'),
});

/** Parameters of one target: what `servers:` and a change of a running balancer may say. */
export const targetParametersField = record({
  weight: weight().optional(),
  health: choice(['healthy', 'unhealthy'])
    .optional()
    .describe('set by hand, as the Admin API does; checks may change it again'),
});

const upstreamField = record({
  weight: either([weight(), list(weight())])
    .default(100)
    .describe('share of the requests: one number, or one per replica; 0: none'),
  servers: mapOf(targetParametersField)
    .default({})
    .describe('parameters of single targets, by name: { api-2: { weight: 50 } }'),
});

const consumerField = record({
  username: text(),
  keyauth_credentials: list(record({ key: text() }))
    .default([])
    .describe('keys for the plugin key-auth'),
});

const epochField = text().transform((value, context) => {
  const seconds = maybeUnixSeconds(value);
  if (seconds === undefined) fail(context, value, 'a date in UTC like 2026-01-01T00:00:00Z');
  return seconds ?? 0;
});

const routePath = text().transform((value, context) => {
  const path = maybeRoutePath(value);
  if (path === undefined)
    fail(context, value, 'a path that begins with "/", or "~" and a regular expression');
  return path ?? /^/;
});

/** Kong's options with its words and defaults: of an upstream, its service, its route and of kong.conf. */
export const kongOptions = record({
  version: either([text(), number()])
    .default('3.9')
    .transform(String)
    .describe('of Kong: round-robin up to 2.3, kept connections and texts depend on it'),
  algorithm: algorithmField(kongAlgorithms, 'round-robin').describe(
    'round-robin, least-connections, consistent-hashing or latency',
  ),
  slots: count({ min: 10, max: 65_536 })
    .default(10_000)
    .describe('of the ring of consistent-hashing, and of round-robin up to Kong 2.3'),
  healthchecks: healthchecksField
    .prefault({})
    .describe('which targets are left out, and when they come back'),
  upstream: mapOf(upstreamField.prefault({}))
    .default({})
    .describe('services whose instances are the targets: { api: { weight: 100 } }'),
  retries: count({ max: 32_767 }).default(5).describe('how often a request is sent again at most'),
  connect_timeout: duration({ minNs: 1 })
    .prefault('60s')
    .describe('for the handshake with a target; then 504'),
  write_timeout: duration({ minNs: 1 })
    .prefault('60s')
    .describe('between two writes; never passes here: requests are sent whole'),
  read_timeout: duration({ minNs: 1 }).prefault('60s').describe('for the answer of a target; then 504'),
  paths: list(routePath)
    .default([])
    .describe('of the route: prefixes, or "~" and a regular expression; requests that fit none get 404'),
  consumers: list(consumerField).default([]).describe('who may come'),
  plugins: pluginsField().describe('what is done to a request before a target is picked'),
  epoch: epochField
    .prefault('2026-01-01T00:00:00Z')
    .describe('the date at which a run starts, for rate limits'),
  nginx_worker_processes: either([count({ min: 1, max: 1024 }), literal('auto')]).default('auto'),
  nginx_events_worker_connections: count({ min: 3 })
    .default(16_384)
    .describe('per worker; `auto` is what the system allows for open files, 16384 at most'),
  backlog: count({ min: 1 }).default(16_384).describe('of proxy_listen, per worker (reuseport)'),
  nginx_http_keepalive_timeout: duration()
    .prefault('75s')
    .describe('how long an idle client connection is kept; 0: not at all'),
  nginx_http_keepalive_requests: count({ min: 1 }).optional().describe('requests on one client connection'),
  upstream_keepalive_pool_size: count()
    .optional()
    .describe('idle connections kept per target and worker; 0: none'),
  upstream_keepalive_max_requests: count().optional().describe('requests on one of them; 0: no limit'),
  upstream_keepalive_idle_timeout: duration().prefault('60s').describe('how long one is kept; 0: for ever'),
  cpu: durationDistribution()
    .prefault('100us')
    .describe(
      'CPU per request: half before plugins and pick, half for every answer (or failure) of a target',
    ),
}).superRefine((value, context) => {
  const keys = value.consumers.flatMap((consumer) => consumer.keyauth_credentials.map(({ key }) => key));
  const double = keys.find((key, index) => keys.indexOf(key) !== index);
  if (double !== undefined) fail(context, double, 'keys that differ', undefined, ['consumers']);
});

/** Kong's options after checking: durations in ns. */
export type KongOptions = Checked<typeof kongOptions>;
/** Parameters of one target after checking. */
export type TargetOptions = Checked<typeof targetParametersField>;
