import type { RandomStream } from '../../../random/stream.js';
import type { PlainHost } from '../plain/host.js';
import type { PlainMethod, PlainTable } from '../plain/method.js';
import { LatencyByLoad } from './latency-by-load.js';
import { type Probe, ProbePool } from './probe-pool.js';
import { RecentCounts } from './recent-counts.js';

/** Fewer probes than this are no choice: a host is drawn. */
const POOL_MIN = 2;

/** Prequal's parameters, with the paper's names. */
export interface HotColdSettings {
  /** Probes sent for each request. */
  readonly r_probe: number;
  /** Probes removed from the pool for each request. */
  readonly r_remove: number;
  /** Part of the numbers in flight that are cold. */
  readonly q_rif: number;
  readonly pool: number;
  readonly ageNsMax: number;
  /** How much faster probes come in than they are used up. */
  readonly delta: number;
  /** Answers whose numbers in flight the quantile is taken of. */
  readonly rifWindow: number;
}

/** Prequal's replica selection: hot-cold lexicographic, over a pool of probes that are sent beside the requests. */
export class HotColdLexicographic implements PlainMethod {
  private readonly pool: ProbePool;
  private readonly counts: RecentCounts;
  /** All hosts, in an order that every draw of some shuffles at its beginning. */
  private order: PlainHost[] = [];
  /** Probes and removals owed: the fraction that a request leaves over is the next one's. */
  private probesOwed = 0;
  private removalsOwed = 0;
  private removesWorst = false;

  constructor(
    private readonly settings: HotColdSettings,
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {
    this.pool = new ProbePool(settings.pool, settings.ageNsMax);
    this.counts = new RecentCounts(settings.rifWindow);
  }

  rebuild(nowNs: number): void {
    this.order = [...this.table.hosts];
    for (const { server } of this.order) server.latencies ??= new LatencyByLoad();
    this.pool.expire(nowNs);
  }

  pick(nowNs: number): PlainHost | undefined {
    if (this.order.length === 0) return undefined;
    this.pool.expire(nowNs);
    const hotAbove = this.counts.quantile(this.settings.q_rif);
    const host = this.choose(hotAbove);
    this.remove(hotAbove);
    this.sendProbes();
    return host;
  }

  /** An answer; it may be used so often that probes are used up a little more slowly than they come. */
  probed(host: PlainHost, inFlight: number, latencyNs: number, nowNs: number): void {
    if (host.position < 0) return;
    this.counts.add(inFlight);
    this.pool.add({ host, inFlight, latencyNs, arrivedNs: nowNs, usesLeft: this.drawUses() });
  }

  /** What is in the pool, the oldest first. */
  get probes(): readonly Probe[] {
    return this.pool.list;
  }

  private choose(hotAbove: number): PlainHost {
    const best = this.pool.list.length < POOL_MIN ? undefined : this.pool.best(hotAbove);
    if (best === undefined) return this.order[Math.floor(this.stream.next() * this.order.length)]!;
    this.pool.use(best);
    return best.host;
  }

  private remove(hotAbove: number): void {
    this.removalsOwed += this.settings.r_remove;
    for (; this.removalsOwed >= 1; this.removalsOwed -= 1) {
      if (this.removesWorst) this.pool.removeWorst(hotAbove);
      else this.pool.removeOldest();
      this.removesWorst = !this.removesWorst;
    }
  }

  /** To different hosts, each alike. */
  private sendProbes(): void {
    const { order } = this;
    this.probesOwed += this.settings.r_probe;
    for (let sent = 0; this.probesOwed >= 1; sent += 1) {
      this.probesOwed -= 1;
      if (sent >= order.length) continue;
      const index = sent + Math.floor(this.stream.next() * (order.length - sent));
      const host = order[index]!;
      order[index] = order[sent]!;
      order[sent] = host;
      this.table.probe(host);
    }
  }

  private drawUses(): number {
    const uses = reuseLimit(this.settings, this.order.length);
    if (uses === Number.POSITIVE_INFINITY) return uses;
    const whole = Math.floor(uses);
    return this.stream.next() < uses - whole ? whole + 1 : whole;
  }
}

/**
 * The paper's b: how often a probe may be used, 1 at least; fractions are rounded at random. Infinite where no more probes
 * come in than are removed, which the paper's formula leaves open: then they leave by age, removal and replacement.
 */
export function reuseLimit(
  { r_probe, r_remove, pool, delta }: Pick<HotColdSettings, 'r_probe' | 'r_remove' | 'pool' | 'delta'>,
  hosts: number,
): number {
  const gained = (1 - pool / hosts) * r_probe - r_remove;
  return gained <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, (1 + delta) / gained);
}
