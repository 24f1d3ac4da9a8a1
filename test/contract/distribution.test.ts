/**
 * What every distribution promises, held against every plug: its example works; its values are finite, within its
 * bounds, and a function of the stream alone; its declared mean and variance are those of its textbook distribution
 * function and of what it draws; and it draws that distribution (Kolmogorov-Smirnov).
 */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { check, toJsonSchema } from '../../src/options/fields.js';
import { createDistribution, distributions } from '../../src/random/catalogue.js';
import type { Distribution } from '../../src/random/distribution.js';
import { durationDistribution, numberDistribution } from '../../src/random/fields.js';
import { KeyedStream, RandomSource } from '../../src/random/stream.js';
import {
  type DistributionFunction,
  exponentialOf,
  gammaOf,
  lines,
  lognormalOf,
  mixed,
  normalBetween,
  paretoBetween,
  steps,
  uniformUpTo,
  weibullOf,
  zipfOf,
} from '../random/reference.js';

const MS = 1e6;
const DRAWS = 40_000;

/** A distribution as a file writes it, and its distribution function; `discrete` if that has steps. */
interface Case {
  readonly yaml: string;
  readonly function: DistributionFunction;
  readonly discrete?: true;
}

const sigmaOf = (cv: number) => Math.sqrt(Math.log1p(cv * cv));

const CASES: readonly Case[] = [
  { yaml: '60us', function: steps([60_000], [1]), discrete: true },
  { yaml: '{ uniform: { min: 1ms, max: 3ms } }', function: uniformUpTo(MS, 3 * MS) },
  { yaml: '{ uniform: 10ms }', function: uniformUpTo(0, 10 * MS) },
  { yaml: '{ exponential: 3ms }', function: exponentialOf(3 * MS) },
  {
    yaml: '{ normal: { mean: 20ms, stddev: 5ms } }',
    function: normalBetween({ mean: 20 * MS, stddev: 5 * MS, min: 0, max: Infinity }),
  },
  {
    yaml: '{ normal: { mean: 2ms, stddev: 4ms } }',
    function: normalBetween({ mean: 2 * MS, stddev: 4 * MS, min: 0, max: Infinity }),
  },
  {
    yaml: '{ normal: { mean: 2ms, stddev: 1ms, min: 5ms } }',
    function: normalBetween({ mean: 2 * MS, stddev: MS, min: 5 * MS, max: Infinity }),
  },
  {
    yaml: '{ normal: { mean: 10ms, stddev: 10ms, min: 5ms, max: 7ms } }',
    function: normalBetween({ mean: 10 * MS, stddev: 10 * MS, min: 5 * MS, max: 7 * MS }),
  },
  {
    yaml: '{ lognormal: { mean: 0.9ms, cv: 0.3 } }',
    function: lognormalOf((0.9 * MS) / Math.hypot(1, 0.3), sigmaOf(0.3)),
  },
  { yaml: '{ lognormal: { median: 2ms, sigma: 0.5 } }', function: lognormalOf(2 * MS, 0.5) },
  {
    yaml: '{ lognormal: { p50: 1ms, p95: 6ms } }',
    function: lognormalOf(MS, Math.log(6) / 1.6448536269514722),
  },
  { yaml: '{ gamma: { mean: 5ms, cv: 0.5 } }', function: gammaOf(4, 1.25 * MS) },
  { yaml: '{ gamma: { shape: 0.3, scale: 10ms } }', function: gammaOf(0.3, 10 * MS) },
  { yaml: '{ gamma: { shape: 1, scale: 3ms } }', function: exponentialOf(3 * MS) },
  { yaml: '{ weibull: { shape: 1.5, scale: 5ms } }', function: weibullOf(1.5, 5 * MS) },
  // Γ(1 + 1/0.5) = 2.
  { yaml: '{ weibull: { shape: 0.5, mean: 4ms } }', function: weibullOf(0.5, 2 * MS) },
  { yaml: '{ weibull: { shape: 20, scale: 5ms } }', function: weibullOf(20, 5 * MS) },
  { yaml: '{ pareto: 1ms, shape: 5 }', function: paretoBetween(5, { min: MS, max: Infinity }) },
  { yaml: '{ pareto: { min: 1ms, shape: 1.2 } }', function: paretoBetween(1.2, { min: MS, max: Infinity }) },
  { yaml: '{ pareto: { min: 1ms, shape: 0.7 } }', function: paretoBetween(0.7, { min: MS, max: Infinity }) },
  ...[0.5, 1, 1.5, 2, 3].map((shape) => ({
    yaml: `{ pareto: { min: 1ms, shape: ${shape}, max: 50ms } }`,
    function: paretoBetween(shape, { min: MS, max: 50 * MS }),
  })),
  { yaml: '{ zipf: 1.1, count: 1000 }', function: zipfOf(1.1, 1000), discrete: true },
  { yaml: '{ zipf: { exponent: 0, count: 7 } }', function: zipfOf(0, 7), discrete: true },
  { yaml: '{ zipf: { exponent: 0.8, count: 1 } }', function: zipfOf(1, 1), discrete: true },
  { yaml: '{ zipf: { exponent: 3, count: 300 } }', function: zipfOf(3, 300), discrete: true },
  {
    yaml: '{ empirical: [3ms, 1ms, 2ms, 2ms] }',
    function: steps([MS, 2 * MS, 3 * MS], [1, 2, 1]),
    discrete: true,
  },
  {
    yaml: '{ empirical: { values: [1ms, 2ms, 9ms, 5ms], weights: [7, 0, 1, 2] } }',
    function: steps([MS, 5 * MS, 9 * MS], [7, 2, 1]),
    discrete: true,
  },
  {
    yaml: '{ empirical: [4ms, 1ms, 2ms], interpolate: linear }',
    function: lines([
      [MS, 0],
      [2 * MS, 0.5],
      [4 * MS, 1],
    ]),
  },
  {
    yaml: '{ empirical: { quantiles: { min: 2ms, med: 9ms, p(90): 24ms, 95%: 41ms, 0.99: 60ms, max: 140ms } } }',
    function: lines([
      [2 * MS, 0],
      [9 * MS, 0.5],
      [24 * MS, 0.9],
      [41 * MS, 0.95],
      [60 * MS, 0.99],
      [140 * MS, 1],
    ]),
  },
  {
    yaml: '{ mixture: [ { weight: 8, value: { uniform: 2ms } }, { weight: 2, value: { exponential: 20ms } } ] }',
    function: mixed([
      [0.8, uniformUpTo(0, 2 * MS)],
      [0.2, exponentialOf(20 * MS)],
    ]),
  },
  {
    yaml: '{ shifted: { offset: 2ms, scale: 3, value: { exponential: 1ms } } }',
    function: (x) => exponentialOf(3 * MS)(x - 2 * MS),
  },
];

/** Read as durations, or as numbers where durations make no sense. */
function distributionOf(written: unknown): Distribution {
  const asDuration = check(durationDistribution(), written);
  const checked = asDuration.ok ? asDuration : check(numberDistribution(), written);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return createDistribution(checked.value);
}

function drawn(distribution: Distribution, name: string, count = DRAWS): Float64Array {
  const stream = new RandomSource('430').stream(name);
  return Float64Array.from({ length: count }, () => distribution.sample(stream));
}

describe.each(distributions.plugs)('$name', (plug) => {
  it('has an example that works and is itself', () => {
    const [written] = Object.values(parse(plug.example) as Record<string, unknown>);
    expect(distributionOf(written).kind).toBe(plug.name);
  });

  it('tells of itself, option by option', () => {
    expect(plug.summary).toMatch(/\.$|`$/);
    expect(plug.source).not.toBe('');
    const { properties } = toJsonSchema(plug.options) as {
      properties: Record<string, { description?: string }>;
    };
    expect(Object.keys(properties)).toContain(plug.shorthand);
    for (const [name, option] of Object.entries(properties)) expect(option.description, name).toBeTruthy();
  });

  it('has a case below', () => {
    const kinds = CASES.map((each) => distributionOf(parse(each.yaml)).kind);
    expect(kinds).toContain(plug.name);
  });
});

describe.each(CASES)('$yaml', ({ yaml, function: below, discrete }) => {
  const distribution = distributionOf(parse(yaml));
  const values = drawn(distribution, yaml);

  it('draws finite values within its bounds', () => {
    const outside = values.filter((value) => !(value >= distribution.min && value <= distribution.max));
    expect([...outside]).toEqual([]);
    expect(distribution.min).toBeGreaterThanOrEqual(0);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('draws from the stream alone', () => {
    const keyed = new KeyedStream();
    const once = Array.from({ length: 50 }, (_, key) => distribution.sample(keyed.rekey(1, key, 2)));
    const again = distributionOf(parse(yaml));
    const reversed = Array.from({ length: 50 }, (_, key) => again.sample(keyed.rekey(1, 49 - key, 2)));
    expect(reversed.reverse()).toEqual(once);
  });

  it('is constant exactly if it says so', () => {
    const varies = values.some((value) => value !== values[0]);
    expect(distribution.constant).toBe(varies ? undefined : values[0]);
  });

  it('draws values of its mean and variance', () => {
    expectMoments(distribution, values);
  });

  // Infinite moments have no integral; test/random/distributions.test.ts has their closed forms.
  it.runIf(Number.isFinite(distribution.variance))(
    'declares the moments of its distribution function',
    () => {
      const integrated = discrete ? steppedMoments(distribution, below) : smoothMoments(distribution, below);
      expectClose(distribution.mean, integrated.mean);
      expectClose(distribution.variance, integrated.variance);
    },
  );

  it('draws what its distribution function says', () => {
    // Kolmogorov: P(sqrt(n) D > 2.3) = 2 exp(-2 * 2.3²) = 5e-5; less where there are steps.
    expect(distance(values, below, discrete) * Math.sqrt(DRAWS)).toBeLessThan(2.3);
  });
});

/**
 * A sample mean has the standard error sqrt(variance / n), a sample variance sqrt((m4 - variance²) / n), m4 being the
 * fourth central moment, here estimated. 4.5 standard errors are left by 7e-6. Where m4 rests on a few values far out
 * (a standard error above 5 % says so), the sample proves nothing: there the integrals below speak.
 */
function expectMoments({ mean, variance, constant }: Distribution, values: Float64Array): void {
  if (!Number.isFinite(variance)) return;
  if (constant !== undefined) {
    expect([mean, variance]).toEqual([constant, 0]);
    return;
  }
  const squares = values.map((value) => (value - mean) ** 2);
  const squareMean = average(squares);
  const fourth = average(squares.map((square) => square * square));
  const standardError = Math.sqrt((fourth - squareMean * squareMean) / values.length);
  expect(Math.abs(average(values) - mean) / Math.sqrt(variance / values.length)).toBeLessThan(4.5);
  if (standardError / variance < 0.05)
    expect(Math.abs(squareMean - variance) / standardError).toBeLessThan(4.5);
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Equal up to the error of the integrals. */
function expectClose(declared: number, integrated: number): void {
  expect(Math.abs(declared - integrated)).toBeLessThanOrEqual(2e-6 * Math.abs(declared));
}

/**
 * E X = min + ∫ (1 - F) dx and E (X - min)² = 2 ∫ (x - min) (1 - F) dx, by the midpoint rule over x - min = e^t, up
 * to 1e30 ns.
 */
function smoothMoments({ min, max }: Distribution, below: DistributionFunction) {
  const end = Math.log(Math.min(max - min, 1e30));
  const start = Math.log(1e-3);
  const count = 200_000;
  const step = (end - start) / count;
  let first = 0;
  let second = 0;
  for (let index = 0; index < count; index += 1) {
    const x = Math.exp(start + (index + 0.5) * step);
    const above = 1 - below(min + x);
    first += above * x * step;
    second += 2 * above * x * x * step;
  }
  return {
    mean: min + first,
    variance: second - first * first,
  };
}

/** Sums over the whole numbers up to a thousand, over steps of 10 us where the values are durations. */
function steppedMoments({ min, max }: Distribution, below: DistributionFunction) {
  const step = max > 1000 ? MS / 100 : 1;
  let mean = 0;
  let square = 0;
  let before = 0;
  for (let value = min; value <= max; value += step) {
    const share = below(value) - before;
    mean += share * value;
    square += share * value * value;
    before += share;
  }
  return { mean, variance: square - mean * mean };
}

/** The greatest distance between the drawn and the expected distribution function. */
function distance(values: Float64Array, below: DistributionFunction, discrete: true | undefined): number {
  const sorted = values.slice().sort();
  let greatest = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    if (index + 1 < sorted.length && sorted[index + 1] === sorted[index]) continue;
    const expected = below(sorted[index]!);
    greatest = Math.max(greatest, Math.abs((index + 1) / sorted.length - expected));
    if (discrete === undefined) greatest = Math.max(greatest, Math.abs(index / sorted.length - expected));
  }
  return greatest;
}
