/** What is particular to single plugs; what all of them promise is in test/contract/distribution.test.ts. */
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { check } from '../../src/options/fields.js';
import { createDistribution, distributions } from '../../src/random/catalogue.js';
import { bytesDistribution, durationDistribution, numberDistribution } from '../../src/random/fields.js';
import { KeyedStream, type RandomStream } from '../../src/random/stream.js';

const FIELDS = { duration: durationDistribution(), number: numberDistribution(), bytes: bytesDistribution() };

function distributionOf(yaml: string, unit: keyof typeof FIELDS = 'duration') {
  const checked = check(FIELDS[unit], parse(yaml));
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return createDistribution(checked.value);
}

/** Gives the same number for ever: the ends of [0, 1) among others. */
const always = (value: number): RandomStream => ({ next: () => value, nextDouble: () => value });
const BELOW_ONE = 1 - Number.EPSILON / 2;

describe('the moments that no integral has', () => {
  it('of an unbounded Pareto distribution become infinite, the variance first', () => {
    const moments = (shape: number) => {
      const { mean, variance } = distributionOf(`{ pareto: 1, shape: ${shape} }`, 'number');
      return [mean, variance];
    };
    expect(moments(3)).toEqual([1.5, 0.75]);
    expect(moments(2)).toEqual([2, Infinity]);
    expect(moments(1.5)).toEqual([3, Infinity]);
    expect(moments(1)).toEqual([Infinity, Infinity]);
  });

  it('of a mixture with a component of infinite mean are infinite', () => {
    const mixture = distributionOf(
      '{ mixture: [ { weight: 1, value: 1ms }, { weight: 1, value: { pareto: 1ms, shape: 0.9 } } ] }',
    );
    expect([mixture.mean, mixture.variance]).toEqual([Infinity, Infinity]);
  });
});

describe('at the ends of the uniform numbers', () => {
  const yamls = [
    '{ exponential: 3ms }',
    '{ uniform: { min: 1ms, max: 3ms } }',
    '{ normal: { mean: 1ms, stddev: 1ms } }',
    '{ normal: { mean: 0ms, stddev: 1ms, min: 5ms } }',
    '{ normal: { mean: 50ms, stddev: 1ms } }',
    '{ lognormal: { median: 1ms, sigma: 10 } }',
    '{ weibull: { shape: 0.05, scale: 1ms } }',
    '{ pareto: { min: 1ms, shape: 0.1 } }',
    '{ pareto: { min: 1ms, shape: 0.1, max: 1h } }',
    '{ empirical: [1ms, 2ms, 3ms], interpolate: linear }',
    '{ empirical: [1ms, 2ms, 3ms] }',
  ];

  it.each(yamls)('%s stays finite and within its bounds', (yaml) => {
    const distribution = distributionOf(yaml);
    const values = [0, 2 ** -53, 0.5, BELOW_ONE].map((uniform) => distribution.sample(always(uniform)));
    for (const [index, value] of values.entries()) {
      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(distribution.min);
      expect(value).toBeLessThanOrEqual(distribution.max);
      if (yaml.includes('min: 5ms')) continue;
      // By inversion: a larger number gives a larger value, and variants under one seed see like demands.
      if (index > 0) expect(value).toBeGreaterThanOrEqual(values[index - 1]!);
    }
  });
});

describe('the ways to write one distribution', () => {
  const same: [string, string][] = [
    ['{ lognormal: 0.9ms, cv: 0.3 }', '{ lognormal: { mean: 0.9ms, cv: 0.3 } }'],
    ['{ gamma: { mean: 5ms, cv: 0.5 } }', '{ gamma: { shape: 4, scale: 1.25ms } }'],
    ['{ weibull: 3ms, shape: 1 }', '{ weibull: { shape: 1, scale: 3ms } }'],
    ['{ shifted: 3ms, offset: 1ms }', '4ms'],
    ['{ mixture: [ { weight: 3, value: 2ms } ] }', '2ms'],
    [
      '{ empirical: { quantiles: { min: 0s, p50: 1ms, max: 3ms } } }',
      '{ empirical: [0s, 1ms, 3ms], interpolate: linear }',
    ],
  ];

  it.each(same)('%s is %s', (left, right) => {
    const [one, other] = [distributionOf(left), distributionOf(right)];
    expect(one.mean / other.mean).toBeCloseTo(1, 12);
    const stream = new KeyedStream();
    for (let key = 0; key < 100; key += 1) {
      const value = one.sample(stream.rekey(1, key, 0));
      expect(Math.abs(value - other.sample(stream.rekey(1, key, 0)))).toBeLessThan(1e-9 * value + 1e-6);
    }
  });

  it('a sample that is constant through and through says so', () => {
    for (const yaml of [
      '2ms',
      '{ constant: 2ms }',
      '{ lognormal: 2ms, cv: 0 }',
      '{ empirical: [2ms, 2ms] }',
      '{ empirical: { values: [2ms, 9ms], weights: [1, 0] } }',
      '{ mixture: [ { weight: 1, value: 2ms }, { weight: 2, value: { constant: 2ms } } ] }',
      '{ shifted: { value: 1ms, scale: 2 } }',
    ]) {
      expect(distributionOf(yaml).constant, yaml).toBe(2e6);
    }
  });

  it('sizes are bytes, and numbers are plain', () => {
    expect(distributionOf('{ uniform: { min: 1k, max: 3k } }', 'bytes').mean).toBe(2048);
    expect(distributionOf('{ normal: { mean: -3, stddev: 1, min: -5 } }', 'number').min).toBe(-5);
  });
});

describe('any parameters', () => {
  const size = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
  const shape = fc.double({ min: 0.1, max: 20, noNaN: true });
  const written = fc.oneof(
    fc.record({ exponential: size }),
    fc.record({ lognormal: size, cv: fc.double({ min: 0, max: 20, noNaN: true }) }),
    fc.record({ gamma: fc.record({ shape, scale: size }) }),
    fc.record({ weibull: fc.record({ shape, mean: size }) }),
    fc.record({ pareto: size, shape }),
    fc.record({ zipf: fc.double({ min: 0, max: 20, noNaN: true }), count: fc.integer({ min: 1, max: 300 }) }),
    fc.record({
      empirical: fc.array(size, { minLength: 1, maxLength: 20 }),
      interpolate: fc.constantFrom('none', 'linear'),
    }),
    fc.record({ normal: fc.record({ mean: size, stddev: size }) }),
  );

  it.prop([written, fc.integer()], { seed: 430, numRuns: 500 })(
    'give finite values within the bounds, that are not negative',
    (given, key) => {
      const checked = check(FIELDS.number, given);
      if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
      const distribution = createDistribution(checked.value);
      expect(distribution.mean).toBeGreaterThanOrEqual(distribution.min);
      expect(distribution.mean).toBeLessThanOrEqual(distribution.max);
      expect(distribution.variance).toBeGreaterThanOrEqual(0);
      const stream = new KeyedStream().rekey(key, 0, 0);
      for (let draw = 0; draw < 20; draw += 1) {
        const value = distribution.sample(stream);
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(Math.max(0, distribution.min));
        expect(value).toBeLessThanOrEqual(distribution.max);
      }
    },
  );
});

describe('the numbers of one seed', () => {
  it('are the same to the last bit from release to release', () => {
    const drawn = distributions.plugs.map((plug) => {
      const [written] = Object.values(parse(plug.example) as Record<string, unknown>);
      const checked = check(plug.units === undefined ? FIELDS.duration : FIELDS.number, written);
      if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
      const stream = new KeyedStream().rekey(4, 3, 0);
      const distribution = createDistribution(checked.value);
      return [plug.name, distribution.sample(stream), distribution.sample(stream)];
    });
    expect(drawn).toMatchInlineSnapshot(`
      [
        [
          "constant",
          60000,
          60000,
        ],
        [
          "empirical",
          14750875.601918312,
          19700910.250919886,
        ],
        [
          "exponential",
          3178376.79533078,
          4616345.7677632375,
        ],
        [
          "gamma",
          5593649.503213966,
          3584948.8723396454,
        ],
        [
          "lognormal",
          967858.3796113285,
          1087178.158930853,
        ],
        [
          "mixture",
          1000000,
          1000000,
        ],
        [
          "normal",
          21972142.692701764,
          23952197.07975372,
        ],
        [
          "pareto",
          2026488.9168852093,
          2789471.5681240666,
        ],
        [
          "shifted",
          3059458.931776927,
          3538781.922587746,
        ],
        [
          "uniform",
          2306713365.435643,
          2570715213.382394,
        ],
        [
          "weibull",
          5756089.297890631,
          7382262.583758175,
        ],
        [
          "zipf",
          38,
          118,
        ],
      ]
    `);
  });
});
