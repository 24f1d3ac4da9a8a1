import type { Gauge } from '../../../metrics/sink.js';
import { ConnectionCounters } from '../../proxy/connection-counters.js';

/** Statuses that Kong counts by, of those it answers or relays. */
const STATUSES = [200, 401, 403, 404, 429, 499, 500, 502, 503, 504];

/** What Kong's `prometheus` plugin tells, over all workers. */
export class KongMetrics extends ConnectionCounters {
  /**
   * As gauges of `place`, under the plugin's names (Kong 3.9) without the prefix `kong_`; a label's value stands behind the
   * name, for gauges have no labels: `http_requests_total_429`, `nginx_connections_total_active`.
   */
  gauges(place: string): Gauge[] {
    const gauge = (name: string, read: () => number): Gauge => ({ place, name, cumulative: false, read });
    const counter = (name: string, read: () => number): Gauge => ({ place, name, cumulative: true, read });
    return [
      gauge('nginx_connections_total_active', () => this.active),
      gauge('nginx_connections_total_reading', () => 0),
      gauge('nginx_connections_total_writing', () => this.writing),
      gauge('nginx_connections_total_waiting', () => this.waiting),
      counter('nginx_connections_total_accepted', () => this.accepts),
      counter('nginx_connections_total_handled', () => this.handled),
      counter('nginx_requests_total', () => this.requests),
      ...STATUSES.map((status) => counter(`http_requests_total_${status}`, () => this.responses[status]!)),
    ];
  }
}
