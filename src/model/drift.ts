import { NS_PER_SECOND } from '../kernel/time.js';
import { exp } from '../random/math.js';
import { standardNormal } from '../random/parameters.js';
import type { RandomStream } from '../random/stream.js';

/** How a machine's speed drifts. */
export interface DriftOptions {
  /** Standard deviation of the logarithm of its slowness. */
  readonly sigma: number;
  /** Time over which it forgets itself, ns: after so long the correlation is 1/e. */
  readonly time: number;
}

/** Variance of the mean of the logarithm over `durationNs`. */
export function varianceOfMean({ sigma, time }: DriftOptions, durationNs: number): number {
  const ratio = time / durationNs;
  return sigma * sigma * 2 * ratio * (1 - ratio * (1 - exp(-1 / ratio)));
}

/** Its slowness is looked at so often: short against any drift that one notices. */
const STEP_NS = NS_PER_SECOND;

/**
 * The slowness of a machine that others use as well: e^x with x an Ornstein-Uhlenbeck process (first-order autoregression, stationary
 * from the start) in steps of a second, with mean 1. The instances' own code takes so many times its CPU: framework, drivers and `cpu` steps.
 *
 * Limits: what a request's framework and drivers take is fixed when it begins; balancers, databases and load generators do not drift.
 *
 * Source: G. Uhlenbeck, L. Ornstein, On the Theory of the Brownian Motion, Phys. Rev. 36 (1930).
 */
export class Drift {
  private readonly memory: number;
  private readonly noise: number;
  private readonly offset: number;
  private index = 0;
  private x: number;
  private value: number;

  constructor(
    private readonly options: DriftOptions,
    private readonly stream: RandomStream,
  ) {
    const { sigma, time } = options;
    this.memory = exp(-STEP_NS / time);
    this.noise = Math.sqrt(1 - this.memory * this.memory);
    this.offset = -(sigma * sigma) / 2;
    this.x = this.draw();
    this.value = exp(sigma * this.x + this.offset);
  }

  /** CPU that a unit of work takes, against its mean. Asked in the order of time. */
  slownessAt(nowNs: number): number {
    const index = Math.floor(nowNs / STEP_NS);
    if (index === this.index) return this.value;
    for (; this.index < index; this.index += 1) this.x = this.memory * this.x + this.noise * this.draw();
    this.value = exp(this.options.sigma * this.x + this.offset);
    return this.value;
  }

  private draw(): number {
    return standardNormal(this.stream);
  }
}
