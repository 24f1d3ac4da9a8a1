import { describe, expect, it } from 'vitest';
import { Fingerprint } from '../../src/kernel/fingerprint.js';
import {
  exp,
  gammaFunction,
  log,
  logGamma,
  normalDensity,
  normalProbability,
  normalQuantile,
  pow,
} from '../../src/random/math.js';
import { KeyedStream } from '../../src/random/stream.js';

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);
const integers = new BigInt64Array(doubles.buffer);

/** How many doubles `left` is from `right`, both of one sign. */
function ulpsBetween(left: number, right: number): number {
  doubles[0] = left;
  const bits = integers[0]!;
  doubles[0] = right;
  return Math.abs(Number(bits - integers[0]!));
}

const stream = () => new KeyedStream().rekey(430, 17, 0);
const repeat = <T>(count: number, draw: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => draw(index));

const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);

/** Positive doubles of every size, subnormal ones included: any pattern of bits alike. */
function anyDoubles(count: number): number[] {
  const source = stream();
  return repeat(count, () => {
    words[0] = source.nextInt32();
    words[1] = source.nextInt32() & 0x7fffffff;
    return doubles[0]!;
  }).filter(Number.isFinite);
}

/** A 64-bit hash of the results, to the last bit. */
function fingerprintOf(results: readonly number[]): string {
  const fingerprint = new Fingerprint();
  for (const result of results) {
    doubles[0] = result;
    fingerprint.mix(words[0]!);
    fingerprint.mix(words[1]!);
  }
  return fingerprint.digest();
}

// Rounded from 60 digits (Python's decimal module).
const LOGARITHMS: [number, number][] = [
  [5e-324, -744.4400719213812],
  [2.2250738585072014e-308, -708.3964185322641],
  [1e-300, -690.7755278982137],
  [1e-9, -20.72326583694641],
  [0.5, -Math.LN2],
  [Math.SQRT1_2, -0.3465735902799726],
  [0.9999999999999999, -1.1102230246251565e-16],
  [1, 0],
  [1.0000000000000002, 2.2204460492503128e-16],
  [Math.SQRT2, 0.3465735902799727],
  [2, Math.LN2],
  [Math.E, 1],
  [3, 1.0986122886681098],
  [10, Math.LN10],
  [12345.678, 9.421061321291832],
  [1e300, 690.7755278982137],
  [Number.MAX_VALUE, 709.782712893384],
];

describe('log', () => {
  it.each(LOGARITHMS)('of %s is %s, within 1 ulp', (x, expected) => {
    expect(ulpsBetween(log(x), expected)).toBeLessThanOrEqual(1);
  });

  it('has the limits of Math.log', () => {
    for (const x of [0, -0, 1, -1, -Infinity, Infinity, Number.NaN]) expect(log(x)).toBe(Math.log(x));
  });

  it('is within 2 ulp of Math.log everywhere: either is off by less than 1', () => {
    const source = stream();
    const uniform = repeat(100_000, () => 1 - source.nextDouble());
    const errors = [...anyDoubles(100_000), ...uniform].map((x) => ulpsBetween(log(x), Math.log(x)));
    expect(largest(errors)).toBeLessThanOrEqual(2);
  });

  it('is the same to the last bit on every machine', () => {
    expect(fingerprintOf(anyDoubles(100_000).map(log))).toBe('c0695eb8495c14ca');
  });
});

// Rounded from 60 digits (Python's decimal module).
const POWERS_OF_E: [number, number][] = [
  [-745, 5e-324],
  [-708.5, 2.006132305331306e-308],
  [-100, 3.720075976020836e-44],
  [-1, 0.36787944117144233],
  [-1e-9, 0.999999999],
  [0, 1],
  [1e-300, 1],
  [0.3, 1.3498588075760032],
  [0.5, 1.6487212707001282],
  [1, Math.E],
  [2, 7.38905609893065],
  [10, 22026.465794806718],
  [100.5, 4.4319559098458955e43],
  [709.7, 1.6549840276802644e308],
];

describe('exp', () => {
  it.each(POWERS_OF_E)('of %s is %s, within 1 ulp', (x, expected) => {
    expect(ulpsBetween(exp(x), expected)).toBeLessThanOrEqual(1);
  });

  it('has the limits of Math.exp', () => {
    for (const x of [0, -0, Infinity, -Infinity, Number.NaN, 709.8, 1e300, -745.2, -1e300]) {
      expect(exp(x)).toBe(Math.exp(x));
    }
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
  });

  it('is within 2 ulp of Math.exp everywhere: either is off by less than 1', () => {
    const source = stream();
    const wide = repeat(100_000, () => source.nextDouble() * 1454.9 - 745.1);
    const near = repeat(100_000, () => source.nextDouble() * 4 - 2);
    const errors = [...wide, ...near].map((x) => ulpsBetween(exp(x), Math.exp(x)));
    expect(largest(errors)).toBeLessThanOrEqual(2);
  });

  it('is the same to the last bit on every machine', () => {
    const source = stream();
    expect(fingerprintOf(repeat(100_000, () => exp(source.nextDouble() * 1454.9 - 745.1)))).toBe(
      'cb386e9e9b0393a7',
    );
  });
});

describe('pow', () => {
  it('is exact where whole powers are', () => {
    expect(pow(2, 10)).toBe(1024);
    expect(pow(10, 9)).toBe(1e9);
    expect(pow(2, -4)).toBe(0.0625);
    expect(pow(9, 0.5)).toBe(3);
    expect(pow(7, 0)).toBe(1);
    expect(pow(0, 0)).toBe(1);
    expect(pow(0, 1.5)).toBe(0);
    expect(pow(0, -1.5)).toBe(Infinity);
    expect(pow(-2, 3)).toBeNaN();
  });

  it('has the relative error of its docstring', () => {
    const source = stream();
    const shares = repeat(100_000, () => {
      const base = exp(source.nextDouble() * 20 - 10);
      const exponent = source.nextDouble() * 20 - 10;
      const expected = base ** exponent;
      const bound = (2 + Math.abs(Math.log(expected))) * Number.EPSILON;
      return Math.abs(pow(base, exponent) / expected - 1) / bound;
    });
    expect(largest(shares)).toBeLessThan(1);
  });

  it('is the same to the last bit on every machine', () => {
    const source = stream();
    const results = repeat(100_000, () => pow(source.nextDouble(), source.nextDouble() * 6 - 3));
    expect(fingerprintOf(results)).toBe('000b3be88b420868');
  });
});

// Python's statistics.NormalDist.inv_cdf, and math.erfc of the C library.
const QUANTILES: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798405],
  [1e-9, -5.9978070150076865],
  [0.001, -3.090232306167813],
  [0.02, -2.0537489106318225],
  [0.07, -1.4757910281791702],
  [0.3, -0.5244005127080407],
  [0.5, 0],
  [0.9, 1.2815515655446008],
  [0.975, 1.9599639845400536],
  [0.999999, 4.753424308817089],
];
const PROBABILITIES: [number, number][] = [
  [-37, 5.725571222525139e-300],
  [-10, 7.619853024160593e-24],
  [-5, 2.866515718791946e-7],
  [-2.6, 0.004661188023718751],
  [-2.4, 0.008197535924596138],
  [-1, 0.15865525393145707],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [0.7, 0.758036347776927],
  [2, 0.9772498680518208],
  [3, 0.9986501019683699],
  [8, 0.9999999999999993],
];

describe('the normal distribution', () => {
  it.each(QUANTILES)('has the quantile %s at %s', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(1e-15 * Math.abs(z) * 4);
  });

  it.each(PROBABILITIES)('is below %s with probability %s', (z, p) => {
    expect(Math.abs(normalProbability(z) / p - 1)).toBeLessThan(1e-12);
  });

  it('has limits', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalProbability(-Infinity)).toBe(0);
    expect(normalProbability(Infinity)).toBe(1);
    expect(normalDensity(Infinity)).toBe(0);
    expect(normalDensity(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 15);
  });

  it('has a quantile that never falls and inverts the probability', () => {
    const probabilities = repeat(20_000, (step) => (step + 1) / 20_001);
    const quantiles = probabilities.map(normalQuantile);
    expect(quantiles.filter((z, index) => index > 0 && !(z > quantiles[index - 1]!))).toEqual([]);
    const errors = quantiles.map((z, index) => Math.abs(normalProbability(z) / probabilities[index]! - 1));
    expect(largest(errors)).toBeLessThan(1e-12);
  });

  it('is the same to the last bit on every machine', () => {
    const source = stream();
    const results = repeat(100_000, () => normalQuantile(source.nextDouble() * source.nextDouble()));
    expect(fingerprintOf(results)).toBe('fb048d0c808f2099');
  });
});

// lgamma of the C library.
const LOG_GAMMAS: [number, number][] = [
  [0.01, 4.599479878042022],
  [0.1, 2.2527126517342055],
  [0.5, 0.5723649429247004],
  [1, 0],
  [1.5, -0.12078223763524543],
  [2, 0],
  [3.3, 0.9870985778947339],
  [7, 6.579251212010102],
  [12, 17.502307845873887],
  [20, 39.339884187199495],
  [50.5, 146.5192554907206],
  [100, 359.1342053695754],
];

describe('the gamma function', () => {
  it.each(LOG_GAMMAS)('of %s has the logarithm %s', (x, expected) => {
    expect(Math.abs(logGamma(x) - expected)).toBeLessThan(2e-14 + 4e-16 * expected);
  });

  it('is the factorial', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n += 1) {
      factorial *= n;
      expect(Math.abs(gammaFunction(n + 1) / factorial - 1)).toBeLessThan(3e-14);
    }
    expect(gammaFunction(200)).toBe(Infinity);
  });
});
