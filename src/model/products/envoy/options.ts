import {
  type Checked,
  choice,
  count,
  duration,
  either,
  fail,
  flag,
  list,
  literal,
  mapOf,
  number,
  record,
  text,
} from '../../../options/fields.js';
import { durationDistribution } from '../../../random/fields.js';
import { algorithmField } from '../../algorithm-field.js';
import { healthCheckField } from './health-check-options.js';
import { envoyMethods } from './methods.js';
import { outlierDetectionField } from './outlier-options.js';
import { retryPolicyField } from './retry-options.js';

const MAX_PRIORITY = 128;

const weight = () => count({ min: 1, max: 4_294_967_295 });
const parameters = {
  priority: count({ max: MAX_PRIORITY }).describe(
    '0 is used first; others as far as its hosts are unhealthy',
  ),
  locality: text().describe('where it stands; only matters with locality_weighted_lb_config'),
  health_status: choice(['HEALTHY', 'UNKNOWN', 'UNHEALTHY', 'DRAINING', 'TIMEOUT']).describe(
    'as the control plane sees it; all but the first two are not used',
  ),
};

/** Parameters of one endpoint, all optional: what `servers:` and a change of a running balancer may say. */
export const serverParametersField = record({
  load_balancing_weight: weight().optional(),
  priority: parameters.priority.optional(),
  locality: parameters.locality.optional(),
  health_status: parameters.health_status.optional(),
});

const upstreamField = record({
  load_balancing_weight: either([weight(), list(weight())])
    .default(1)
    .describe('share of the requests: one number, or one per replica'),
  priority: parameters.priority.default(0),
  locality: parameters.locality.optional(),
  health_status: parameters.health_status.default('UNKNOWN'),
  servers: mapOf(serverParametersField)
    .default({})
    .describe('parameters of single endpoints, by name: { api-2: { priority: 1 } }'),
});

const circuitBreakersField = record({
  max_connections: count().default(1024).describe('to all hosts, idle ones included'),
  max_pending_requests: count().default(1024).describe('that wait for a connection'),
  max_requests: count().default(1024).describe('that have one'),
  max_retries: count().default(3).describe('at a time; see retry_budget'),
  retry_budget: record({
    budget_percent: number({ min: 0, max: 100 }).default(20).describe('of active and pending requests'),
    min_retry_concurrency: count().default(3).describe('permitted whatever the percentage'),
  })
    .optional()
    .describe('instead of max_retries'),
}).describe('limits over all worker threads; what is too many gets 503 at once');

const httpProtocolOptions = () => ({
  idle_timeout: duration().prefault('1h').describe('how long an idle connection is kept; 0: for ever'),
  max_requests_per_connection: count().default(0).describe('0: no limit'),
});

/** Envoy's options with its words and defaults; a record, so that `input/` can add keys of its own. */
export const envoyOptions = record({
  algorithm: algorithmField(envoyMethods, 'ROUND_ROBIN').describe(
    'ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH or MAGLEV',
  ),
  upstream: mapOf(upstreamField.prefault({}))
    .default({})
    .describe('endpoints by service: { api: { load_balancing_weight: [3, 2, 1] } }'),
  concurrency: either([count({ min: 1, max: 1024 }), literal('auto')])
    .default('auto')
    .describe('worker threads; auto: as many as the host has cores'),
  timeout: duration()
    .prefault('15s')
    .describe('of the route, for the whole answer, retries included; then 504. 0: none'),
  connect_timeout: duration({ minNs: 1 }).prefault('5s').describe('for the handshake with a host; then 503'),
  retry_policy: retryPolicyField().prefault({}),
  circuit_breakers: circuitBreakersField.prefault({}),
  outlier_detection: outlierDetectionField().optional(),
  health_checks: list(healthCheckField()).default([]).describe('active health checks: none or one'),
  common_lb_config: record({
    healthy_panic_threshold: number({ min: 0, max: 100 })
      .default(50)
      .transform((value) => Math.round(value))
      .describe('percent of healthy hosts below which health is ignored; 0: never'),
    locality_weighted_lb_config: record({})
      .optional()
      .describe('localities get requests by load_assignment.locality_weights'),
    zone_aware_lb_config: record({
      fail_traffic_on_panic: flag().default(false).describe('in panic no host is used instead of all'),
    })
      .optional()
      .describe('zone aware routing itself is not modelled'),
  })
    .prefault({})
    .describe('what health and localities change'),
  load_assignment: record({
    policy: record({
      overprovisioning_factor: count({ min: 1 }).default(140).describe('percent'),
      weighted_priority_health: flag().default(false).describe('health is a share of weights, not of hosts'),
    }).prefault({}),
    locality_weights: mapOf(count({ max: 4_294_967_295 }))
      .default({})
      .describe('weights by locality; one that is not named gets nothing'),
  })
    .prefault({})
    .describe('priorities and localities; the endpoints themselves are in upstream'),
  common_http_protocol_options: record(httpProtocolOptions())
    .prefault({})
    .describe('of connections to the hosts, which each worker thread has for itself'),
  http_connection_manager: record({
    common_http_protocol_options: record({
      ...httpProtocolOptions(),
      max_connection_duration: duration().prefault('0').describe('0: no limit'),
    }).prefault({}),
  })
    .prefault({})
    .describe('of connections of clients'),
  tcp_backlog_size: count({ min: 1 })
    .default(4096)
    .describe("connections that may wait for each worker thread; Linux's net.core.somaxconn"),
  cpu: durationDistribution()
    .prefault('100us')
    .describe('CPU per request: half before a host is picked, half for every answer (or failure) of one'),
}).superRefine((value, context) => {
  const { length } = value.health_checks;
  if (length > 1) fail(context, length, 'one health check at most', undefined, ['health_checks']);
});

/** Envoy's options after checking: durations in ns. */
export type EnvoyOptions = Checked<typeof envoyOptions>;
/** Parameters of one endpoint after checking. */
export type ServerOptions = Checked<typeof serverParametersField>;
