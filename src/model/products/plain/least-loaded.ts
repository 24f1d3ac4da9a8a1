import type { RandomStream } from '../../../random/stream.js';
import type { PlainHost } from './host.js';

/**
 * Hosts by their number of requests in flight: one list for each number. The least loaded one, drawn uniformly from those
 * that are, and a change by one cost O(1).
 */
export class LeastLoaded {
  private readonly levels: PlainHost[][] = [];
  /** By position among the hosts: where each stands in its list. */
  private readonly places: Int32Array;
  private least = 0;

  constructor(hosts: readonly PlainHost[]) {
    this.places = new Int32Array(hosts.length);
    this.least = hosts.reduce((least, host) => Math.min(least, host.inFlight), Number.MAX_SAFE_INTEGER);
    for (const host of hosts) this.insert(host);
  }

  /** One of the hosts with the fewest, each alike; there must be a host. */
  draw(stream: RandomStream): PlainHost {
    const level = this.levels[this.least]!;
    return level[level.length === 1 ? 0 : Math.floor(stream.next() * level.length)]!;
  }

  /** The host has one more than before, or one less. */
  moved(host: PlainHost, change: 1 | -1): void {
    const before = host.inFlight - change;
    const level = this.levels[before]!;
    const last = level.pop()!;
    if (last !== host) {
      const place = this.places[host.position]!;
      level[place] = last;
      this.places[last.position] = place;
    }
    this.insert(host);
    if (host.inFlight < this.least) this.least = host.inFlight;
    else if (before === this.least && level.length === 0) this.least = host.inFlight;
  }

  private insert(host: PlainHost): void {
    while (this.levels.length <= host.inFlight) this.levels.push([]);
    const level = this.levels[host.inFlight]!;
    this.places[host.position] = level.length;
    level.push(host);
  }
}
