import type { PlainHost } from '../plain/host.js';

/** A probe's answer in the pool. */
export interface Probe {
  readonly host: PlainHost;
  /** Requests in flight at the server when it answered, and the picks of this dispatcher that used the probe since. */
  inFlight: number;
  readonly latencyNs: number;
  readonly arrivedNs: number;
  usesLeft: number;
}

/**
 * Answers to probes, the oldest first, one of each host: a newer one takes the place of an older one. All operations are
 * O(size of the pool), which is 16.
 */
export class ProbePool {
  private readonly probes: Probe[] = [];

  constructor(
    private readonly sizeMax: number,
    private readonly ageNsMax: number,
  ) {}

  /** Oldest first. */
  get list(): readonly Probe[] {
    return this.probes;
  }

  /** Takes a probe in; where the pool is full, the oldest leaves. */
  add(probe: Probe): void {
    this.removeHost(probe.host);
    if (this.probes.length === this.sizeMax) this.probes.shift();
    this.probes.push(probe);
  }

  /** Removes the probe of a host. */
  removeHost(host: PlainHost): void {
    const index = this.probes.findIndex((probe) => probe.host === host);
    if (index >= 0) this.probes.splice(index, 1);
  }

  /** Removes what is older than the limit, and those of hosts that are no more. */
  expire(nowNs: number): void {
    const { probes } = this;
    let kept = 0;
    for (const probe of probes) {
      if (nowNs - probe.arrivedNs > this.ageNsMax || probe.host.position < 0) continue;
      probes[kept] = probe;
      kept += 1;
    }
    probes.length = kept;
  }

  /** The cold one with the lowest latency (then with the fewest in flight), else the one with the fewest in flight; of equals the newest. */
  best(hotAbove: number): Probe | undefined {
    let cold: Probe | undefined;
    let hot: Probe | undefined;
    for (const probe of this.probes) {
      if (probe.inFlight > hotAbove) {
        if (hot === undefined || probe.inFlight <= hot.inFlight) hot = probe;
      } else if (cold === undefined || isFaster(probe, cold)) {
        cold = probe;
      }
    }
    return cold ?? hot;
  }

  /** Counts a use: the request is in flight there too, and a probe without uses left is removed. */
  use(probe: Probe): void {
    probe.inFlight += 1;
    probe.usesLeft -= 1;
    if (probe.usesLeft <= 0) this.remove(probe);
  }

  removeOldest(): void {
    this.probes.shift();
  }

  /** The hot one with the most in flight, else the one with the highest latency; of equals the oldest. */
  removeWorst(hotAbove: number): void {
    let cold: Probe | undefined;
    let hot: Probe | undefined;
    for (const probe of this.probes) {
      if (probe.inFlight > hotAbove) {
        if (hot === undefined || probe.inFlight > hot.inFlight) hot = probe;
      } else if (cold === undefined || probe.latencyNs > cold.latencyNs) {
        cold = probe;
      }
    }
    const worst = hot ?? cold;
    if (worst !== undefined) this.remove(worst);
  }

  private remove(probe: Probe): void {
    this.probes.splice(this.probes.indexOf(probe), 1);
  }
}

function isFaster(probe: Probe, other: Probe): boolean {
  if (probe.latencyNs !== other.latencyNs) return probe.latencyNs < other.latencyNs;
  return probe.inFlight <= other.inFlight;
}
