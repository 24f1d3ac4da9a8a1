import type { Distribution } from '../random/distribution.js';
import { KeyedStream, purposeOf } from '../random/stream.js';

/** Whatever carries a request's key: an exchange. */
export interface Keyed {
  readonly keyHigh: number;
  readonly keyLow: number;
}

/**
 * A random quantity of a request at one place. The value is a function of the request's key and the place's name alone,
 * not of when it is asked for: every variant of a sweep meets the same demands, and a retry the same again.
 */
export class Demand {
  private readonly stream = new KeyedStream();
  private readonly purpose: number;

  /** @param name the place, such as `api/GET /x/0/cpu`: two demands of one name draw the same numbers. */
  constructor(
    private readonly distribution: Distribution,
    name: string,
  ) {
    this.purpose = purposeOf(name);
  }

  /** False where every value is 0. */
  get isPossible(): boolean {
    return this.distribution.constant !== 0;
  }

  /** The value for `keyed`, a whole number of at least 0 (ns, bytes or a key). */
  draw(keyed: Keyed): number {
    const constant = this.distribution.constant;
    if (constant !== undefined) return constant;
    const stream = this.stream.rekey(keyed.keyHigh, keyed.keyLow, this.purpose);
    return Math.max(0, Math.round(this.distribution.sample(stream)));
  }
}

/** A yes or no of a request at one place, with a fixed probability. */
export class Chance {
  private readonly stream = new KeyedStream();
  private readonly purpose: number;

  constructor(name: string) {
    this.purpose = purposeOf(name);
  }

  /** True with `probability`; the same answer for the same key, and monotone in the probability. */
  happens(keyed: Keyed, probability: number): boolean {
    return this.stream.rekey(keyed.keyHigh, keyed.keyLow, this.purpose).next() < probability;
  }
}
