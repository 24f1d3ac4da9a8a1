import { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';
import { type ProductPlug, plainSubject, type Selector, TryResult } from '../../src/model/balancer.js';
import { products } from '../../src/model/products/index.js';
import { check } from '../../src/options/fields.js';
import { createDistribution } from '../../src/random/catalogue.js';
import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import { REPLICATIONS } from './estimate.js';
import { MEAN_NS } from './open-queue.js';

/** Queue lengths whose tails are told. */
const TAILS = 8;

export interface DispatchOptions {
  readonly product?: string;
  /** As a file has it. */
  readonly algorithm: unknown;
  readonly servers: number;
  /** Arrival rate times mean demand / servers. */
  readonly load: number;
  readonly warmUpCount: number;
  readonly count: number;
}

/** What one replication saw, after its warm-up; times in units of the mean demand. */
export interface DispatchObservation {
  readonly meanTime: number;
  /** Share of the customers that found their server busy. */
  readonly waited: number;
  /** Share of the servers with at least k customers, k = 0, 1, ..., as arrivals see it. */
  readonly tails: readonly number[];
}

/** Poisson arrivals that a selector sends to servers, each of which serves its own in turn for exponential times. */
class DispatchQueue implements Handler {
  private readonly simulation = new Simulation();
  private readonly selector: Selector;
  private readonly gaps: RandomStream;
  private readonly demands: RandomStream;
  private readonly gap;
  private readonly demand = createDistribution({ kind: 'exponential', options: { mean: MEAN_NS } });
  /** When each server will have served all it has. */
  private readonly freeNs: Float64Array;
  /** Servers with at least so many. */
  private readonly atLeast = new Float64Array(TAILS);
  private readonly tailSums = new Float64Array(TAILS);
  private arrived = 0;
  private waited = 0;
  private sumNs = 0;

  constructor(
    source: RandomSource,
    private readonly options: DispatchOptions,
  ) {
    const { servers, load } = options;
    this.selector = createSelector(options, source);
    this.gaps = source.stream('gaps');
    this.demands = source.stream('demands');
    this.gap = createDistribution({ kind: 'exponential', options: { mean: MEAN_NS / (servers * load) } });
    this.freeNs = new Float64Array(servers);
    this.atLeast[0] = servers;
    this.next();
  }

  handle(kind: number, payload: unknown): void {
    if (kind >= 0) this.leave(kind, payload);
    else this.arrive();
  }

  observe(): DispatchObservation {
    this.simulation.run();
    const { count, servers } = this.options;
    return {
      meanTime: this.sumNs / count / MEAN_NS,
      waited: this.waited / count,
      tails: Array.from(this.tailSums, (sum) => sum / count / servers),
    };
  }

  private arrive(): void {
    const { warmUpCount, count } = this.options;
    const nowNs = this.simulation.nowNs;
    const counted = this.arrived >= warmUpCount;
    this.arrived += 1;
    const passage = this.selector.begin(plainSubject({}));
    if (counted)
      for (let length = 0; length < TAILS; length += 1) this.tailSums[length]! += this.atLeast[length]!;
    const host = this.selector.pick(passage, nowNs);
    const demandNs = Math.round(this.demand.sample(this.demands));
    const leavesNs = Math.max(nowNs, this.freeNs[host]!) + demandNs;
    if (counted) {
      if (this.freeNs[host]! > nowNs) this.waited += 1;
      this.sumNs += leavesNs - nowNs;
    }
    this.freeNs[host] = leavesNs;
    const length = this.selector.inFlight(host);
    if (length < TAILS) this.atLeast[length]! += 1;
    this.simulation.schedule(leavesNs, this, host, passage);
    if (this.arrived < warmUpCount + count) this.next();
    else this.simulation.stop();
  }

  private leave(host: number, passage: unknown): void {
    const length = this.selector.inFlight(host);
    if (length < TAILS) this.atLeast[length]! -= 1;
    this.selector.finish(passage, TryResult.success, this.simulation.nowNs);
  }

  private next(): void {
    this.simulation.after(Math.round(this.gap.sample(this.gaps)), this, -1);
  }
}

function createSelector(
  { product = 'ideal', algorithm, servers }: DispatchOptions,
  source: RandomSource,
): Selector {
  const plug: ProductPlug = products.find(({ name }) => name === product)!;
  const checked = check(plug.options, { algorithm });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return plug.createSelector(checked.value, {
    hosts: Array.from({ length: servers }, (_, index) => {
      return { name: `api-${index + 1}`, service: 'api', address: `api-${index + 1}:8000` };
    }),
    stream: source.stream('picks'),
  });
}

/** Replications of arrivals to single servers, first come first served; a customer's time is known when he arrives. */
export function dispatchQueue(options: DispatchOptions): DispatchObservation[] {
  return Array.from({ length: REPLICATIONS }, (_, index) =>
    new DispatchQueue(new RandomSource(`theory#${index}`), options).observe(),
  );
}
