import type { Simulation } from '../kernel/loop.js';
import { NEVER } from '../kernel/time.js';
import { Fifo } from './fifo.js';
import type { Job } from './job.js';

/** What bounds a cache; times in ns. */
export interface CacheLimits {
  /** How long an entry is fresh; {@link NEVER} for ever. */
  readonly ttlNs: number;
  /** Entries kept; the least recently used one goes first. {@link NEVER}: no limit. */
  readonly size: number;
  /** True: while one request fetches a missing key, the others wait for it. */
  readonly singleFlight: boolean;
}

/** What a look-up found. */
export const Lookup = { hit: 0, miss: 1, wait: 2 } as const;
export type Lookup = (typeof Lookup)[keyof typeof Lookup];

/**
 * An in-process cache with time to live and least-recently-used eviction, over numbered keys. A `Map` keeps the keys in
 * the order of use.
 */
export class Cache {
  hitCount = 0;
  missCount = 0;
  private readonly storedAtNs = new Map<number, number>();
  private readonly flights = new Map<number, Fifo<Job>>();

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
    private readonly limits: CacheLimits,
  ) {}

  get size(): number {
    return this.storedAtNs.size;
  }

  /** Looks `key` up for `job`. After `wait`, `job.waiter.granted` is called when the key is there or was given up. */
  lookUp(key: number, job: Job): Lookup {
    const storedAtNs = this.storedAtNs.get(key);
    if (storedAtNs !== undefined && this.simulation.nowNs - storedAtNs < this.limits.ttlNs) {
      this.storedAtNs.delete(key);
      this.storedAtNs.set(key, storedAtNs);
      this.hitCount += 1;
      return Lookup.hit;
    }
    const flight = this.flights.get(key);
    if (flight !== undefined) {
      flight.push(job);
      return Lookup.wait;
    }
    if (this.limits.singleFlight) this.flights.set(key, new Fifo<Job>());
    this.missCount += 1;
    job.filling = { cache: this, key, outer: job.filling };
    return Lookup.miss;
  }

  /** `job` has fetched what was missing: stores it and lets the waiting ones go on. */
  store(job: Job): void {
    const { key } = job.filling!;
    this.storedAtNs.delete(key);
    this.storedAtNs.set(key, this.simulation.nowNs);
    if (this.limits.size !== NEVER && this.storedAtNs.size > this.limits.size) {
      const oldest = this.storedAtNs.keys().next();
      if (!oldest.done) this.storedAtNs.delete(oldest.value);
    }
    this.land(job);
  }

  /** `job` ended without fetching: the waiting ones look again, and the first of them fetches. */
  giveUp(job: Job): void {
    this.land(job);
  }

  private land(job: Job): void {
    const { key, outer } = job.filling!;
    job.filling = outer;
    const flight = this.flights.get(key);
    if (flight === undefined) return;
    this.flights.delete(key);
    for (let next = flight.shift(); next !== undefined; next = flight.shift()) next.waiter!.granted(next);
  }
}
