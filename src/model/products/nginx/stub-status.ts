import type { Gauge } from '../../../metrics/sink.js';
import { ConnectionCounters } from '../../proxy/connection-counters.js';

/** What nginx answers or logs without being told to. */
const OWN_STATUSES = [499, 500, 502, 504];

/** The counters of `stub_status`, over all workers, and the answers by status as the access log has them. */
export class StubStatus extends ConnectionCounters {
  /** Connections with half a request head: none, for heads arrive whole. */
  readonly reading = 0;

  /**
   * The same as gauges of `place`, named as nginx's Prometheus exporter has them, without its prefix.
   * @param refusals statuses that its limits answer with.
   */
  gauges(place: string, refusals: readonly number[]): Gauge[] {
    const statuses = [...new Set([...OWN_STATUSES, ...refusals])];
    const gauge = (name: string, read: () => number): Gauge => ({ place, name, cumulative: false, read });
    const counter = (name: string, read: () => number): Gauge => ({ place, name, cumulative: true, read });
    return [
      gauge('connections_active', () => this.active),
      gauge('connections_reading', () => this.reading),
      gauge('connections_writing', () => this.writing),
      gauge('connections_waiting', () => this.waiting),
      counter('connections_accepted', () => this.accepts),
      counter('connections_handled', () => this.handled),
      counter('http_requests_total', () => this.requests),
      ...statuses.map((status) => counter(`responses_${status}`, () => this.responses[status]!)),
    ];
  }
}
