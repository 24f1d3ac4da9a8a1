import type { SparseHistogram } from './result.js';

/**
 * Buckets per factor of two of a whole run's trends. A quantile is off by at most 1/256 = 0.39 % of its value, see
 * `Histogram.quantile`; for a smooth distribution by a tenth of that.
 */
export const TOTAL_BUCKETS_PER_OCTAVE = 256;

/** Buckets per factor of two that a result keeps per interval: at most 3.1 % off. */
export const INTERVAL_BUCKETS_PER_OCTAVE = 32;

/**
 * Exponent of the smallest bucketed value: 2^-20 = 0.95e-6, so that 1 ns in ms (1e-6) has a bucket, and ns and ms
 * need the same code. Everything below, zero included, is the zero bucket's.
 */
const EXPONENT_MIN = -20;
const VALUE_MIN = 1 / (1 << -EXPONENT_MIN);
/** Bits of the fraction in the upper half of a double (IEEE 754 binary64). */
const FRACTION_BITS = 20;
const EXPONENT_BIAS = 1023;
/** Where the octaves begin, from VALUE_MIN up to what a double cannot hold (Infinity). */
const OCTAVE_STARTS = octaveStarts();

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
/** The half of a double that holds its exponent: 1 on little-endian machines. */
const upper = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * A mergeable histogram of values that are not negative (durations in ms, as k6 reports them, or in ns).
 *
 * Log-linear: bucket 0 holds what is below 2^-20; above it, every octave [2^e, 2^(e+1)) is cut into `bucketsPerOctave`
 * buckets of equal width. The bucket's number is the exponent and the first bits of the fraction, read straight from
 * the double: no logarithm, the same on every machine. Count, minimum and maximum are exact, the sum is the floating-point
 * sum in order of arrival, as k6's.
 *
 * Cost: about 3 ns per `record`; 4 bytes per bucket up to the largest value seen (1 minute in ms at 256 per octave: 37 kB).
 */
export class Histogram {
  count = 0;
  sum = 0;
  /** Smallest value; Infinity when empty. */
  min = Number.POSITIVE_INFINITY;
  /** Largest value; 0 when empty. */
  max = 0;
  private counts = new Uint32Array(0);
  private readonly shift: number;
  private readonly offset: number;

  /** @param bucketsPerOctave a power of two, 1 to 2^20; the relative error of a quantile is at most its inverse. */
  constructor(readonly bucketsPerOctave: number) {
    const bits = 31 - Math.clz32(bucketsPerOctave);
    if (1 << bits !== bucketsPerOctave || bits > FRACTION_BITS) {
      throw new RangeError(`buckets per octave must be a power of two up to 2^20: ${bucketsPerOctave}`);
    }
    this.shift = FRACTION_BITS - bits;
    // Bucket 1 is the one that begins at VALUE_MIN.
    this.offset = (EXPONENT_BIAS + EXPONENT_MIN) * bucketsPerOctave - 1;
  }

  /** Adds one value, finite and not negative. */
  record(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    let bucket = 0;
    if (value >= VALUE_MIN) {
      double[0] = value;
      bucket = ((halves[upper] as number) >>> this.shift) - this.offset;
    }
    if (bucket >= this.counts.length) this.grow(bucket);
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
  }

  /** Adds all values of another histogram of the same resolution. */
  merge(other: Histogram): void {
    if (other.bucketsPerOctave !== this.bucketsPerOctave)
      throw new RangeError('histograms of different resolution');
    this.addTotals(other);
    if (other.counts.length > this.counts.length) this.grow(other.counts.length - 1);
    for (let bucket = 0; bucket < other.counts.length; bucket++) {
      this.counts[bucket] = (this.counts[bucket] as number) + (other.counts[bucket] as number);
    }
  }

  /** Adds a sparse histogram of the same or a finer resolution; a finer one is made coarser, exactly. */
  mergeSparse(other: SparseHistogram): void {
    const ratio = other.bucketsPerOctave / this.bucketsPerOctave;
    if (!Number.isInteger(ratio)) throw new RangeError('the merged histogram is coarser than the target');
    this.addTotals(other);
    for (let index = 0; index < other.buckets.length; index++) {
      const fine = other.buckets[index] as number;
      const bucket = fine === 0 ? 0 : Math.floor((fine - 1) / ratio) + 1;
      if (bucket >= this.counts.length) this.grow(bucket);
      this.counts[bucket] = (this.counts[bucket] as number) + (other.counts[index] as number);
    }
  }

  /** Mean of the values, 0 when empty. */
  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /**
   * The quantile by k6's rule: of the sorted values, the one at `i = probability * (count - 1)`, linearly interpolated between
   * its neighbours. 0 when empty.
   *
   * The value at a rank is known up to its bucket, where the bucket's values are taken as evenly spread. A bucket is at
   * most 1/bucketsPerOctave of its lower border wide, so that this bounds the relative error of each neighbour and of the
   * interpolation between them. The extremes are exact.
   *
   * @param probability 0 to 1.
   */
  quantile(probability: number): number {
    if (this.count === 0) return 0;
    const position = probability * (this.count - 1);
    const below = Math.floor(position);
    const lower = this.valueAt(below);
    if (position === below) return lower;
    return lower + (this.valueAt(below + 1) - lower) * (position - below);
  }

  /** Number of values that are at most `value`, up to the resolution: values in `value`'s own bucket count in proportion. */
  countUpTo(value: number): number {
    if (value >= this.max) return this.count;
    if (value < this.min) return 0;
    let passed = 0;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      const high = this.lowerBorder(bucket + 1);
      if (high > value) {
        const low = this.lowerBorder(bucket);
        return passed + ((this.counts[bucket] as number) * (value - low)) / (high - low);
      }
      passed += this.counts[bucket] as number;
    }
    return passed;
  }

  /** Empties it; the memory is kept. */
  reset(): void {
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
    this.counts.fill(0);
  }

  /** As plain data, only the filled buckets; an empty one has `min` 0. */
  toSparse(): SparseHistogram {
    const buckets: number[] = [];
    const counts: number[] = [];
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      const count = this.counts[bucket] as number;
      if (count === 0) continue;
      buckets.push(bucket);
      counts.push(count);
    }
    const min = this.count === 0 ? 0 : this.min;
    return {
      bucketsPerOctave: this.bucketsPerOctave,
      count: this.count,
      sum: this.sum,
      min,
      max: this.max,
      buckets,
      counts,
    };
  }

  /** The same histogram again, or a coarser one if `bucketsPerOctave` is given. */
  static fromSparse(sparse: SparseHistogram, bucketsPerOctave = sparse.bucketsPerOctave): Histogram {
    const histogram = new Histogram(bucketsPerOctave);
    histogram.mergeSparse(sparse);
    return histogram;
  }

  private addTotals(other: { count: number; sum: number; min: number; max: number }): void {
    if (other.count === 0) return;
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** The value of a rank (0 to count - 1) in sorted order, up to the resolution. */
  private valueAt(rank: number): number {
    if (rank <= 0) return this.min;
    if (rank >= this.count - 1) return this.max;
    let passed = 0;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      const count = this.counts[bucket] as number;
      if (rank < passed + count) {
        // What falls below a nanosecond is taken as none at all.
        if (bucket === 0) return this.min;
        const low = this.lowerBorder(bucket);
        const value = low + ((this.lowerBorder(bucket + 1) - low) * (rank - passed + 0.5)) / count;
        return Math.min(Math.max(value, this.min), this.max);
      }
      passed += count;
    }
    return this.max;
  }

  private lowerBorder(bucket: number): number {
    return bucketLowerBorder(bucket, this.bucketsPerOctave);
  }

  private grow(bucket: number): void {
    // Up to the end of the octave: a later, slightly larger value then finds its place.
    const length = Math.ceil((bucket + 1) / this.bucketsPerOctave) * this.bucketsPerOctave + 1;
    const counts = new Uint32Array(length);
    counts.set(this.counts);
    this.counts = counts;
  }
}

/** Where bucket number `bucket` of a log-linear histogram begins; it ends where the next one begins. */
export function bucketLowerBorder(bucket: number, bucketsPerOctave: number): number {
  if (bucket === 0) return 0;
  const octave = Math.floor((bucket - 1) / bucketsPerOctave);
  const within = bucket - 1 - octave * bucketsPerOctave;
  return OCTAVE_STARTS[octave]! * (1 + within / bucketsPerOctave);
}

/** By doubling, which is exact. */
function octaveStarts(): Float64Array {
  const starts = new Float64Array(EXPONENT_BIAS - EXPONENT_MIN + 2);
  starts[0] = VALUE_MIN;
  for (let octave = 1; octave < starts.length; octave++) starts[octave] = 2 * starts[octave - 1]!;
  return starts;
}
