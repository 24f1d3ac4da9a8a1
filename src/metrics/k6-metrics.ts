import type { MetricType } from './record.js';

/** What the values of a metric are: plain numbers, milliseconds or bytes. */
export type MetricContents = 'default' | 'time' | 'data';

/** A metric's definition. */
export interface MetricInfo {
  readonly type: MetricType;
  readonly contains: MetricContents;
}

const COUNTER: MetricInfo = { type: 'counter', contains: 'default' };
const GAUGE: MetricInfo = { type: 'gauge', contains: 'default' };
const RATE: MetricInfo = { type: 'rate', contains: 'default' };
const TIME: MetricInfo = { type: 'trend', contains: 'time' };
const BYTES: MetricInfo = { type: 'counter', contains: 'data' };

/** All metrics that k6 knows without a script (v1.8.1, metrics/builtin.go), those of other protocols included. */
export const K6_METRICS: Readonly<Record<string, MetricInfo>> = {
  vus: GAUGE,
  vus_max: GAUGE,
  iterations: COUNTER,
  iteration_duration: TIME,
  dropped_iterations: COUNTER,
  checks: RATE,
  group_duration: TIME,
  http_reqs: COUNTER,
  http_req_failed: RATE,
  http_req_duration: TIME,
  http_req_blocked: TIME,
  http_req_connecting: TIME,
  http_req_tls_handshaking: TIME,
  http_req_sending: TIME,
  http_req_waiting: TIME,
  http_req_receiving: TIME,
  ws_sessions: COUNTER,
  ws_msgs_sent: COUNTER,
  ws_msgs_received: COUNTER,
  ws_ping: TIME,
  ws_session_duration: TIME,
  ws_connecting: TIME,
  grpc_req_duration: TIME,
  data_sent: BYTES,
  data_received: BYTES,
};
