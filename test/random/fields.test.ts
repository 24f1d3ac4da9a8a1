import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { check, toJsonSchema } from '../../src/options/fields.js';
import { distributions } from '../../src/random/catalogue.js';
import { bytesDistribution, durationDistribution, numberDistribution } from '../../src/random/fields.js';

const durations = durationDistribution();

function specOf(yaml: string, field = durations): unknown {
  const checked = check(field, parse(yaml));
  return checked.ok ? checked.value : checked.issues;
}

/** The mistakes as lines of `place: got, expected (hint)`; `place!` is about the key itself. */
function mistakesIn(yaml: string, field = durations): string[] {
  const checked = check(field, parse(yaml));
  if (checked.ok) return [];
  return checked.issues.map(({ path, message, aboutKey }) => {
    const { got, expected, hint } = JSON.parse(message) as Record<string, string>;
    const place = aboutKey === undefined ? path.join('.') : `${[...path, aboutKey].join('.')}!`;
    return `${place}: ${got}, ${expected}${hint === undefined ? '' : ` (${hint})`}`;
  });
}

describe('a distribution field', () => {
  it('takes a bare value for a constant', () => {
    expect(specOf('60us')).toEqual({ kind: 'constant', options: { value: 60_000 } });
    expect(specOf('7', numberDistribution())).toEqual({ kind: 'constant', options: { value: 7 } });
    expect(specOf('64k', bytesDistribution())).toEqual({ kind: 'constant', options: { value: 65_536 } });
  });

  it('takes a name with its best known option, with others beside it, or with all of them inside', () => {
    const options = { exponent: 1.1, count: 1000 };
    expect(specOf('{ exponential: 3ms }')).toEqual({ kind: 'exponential', options: { mean: 3e6 } });
    expect(specOf('{ exponential: { mean: 3ms } }')).toEqual({ kind: 'exponential', options: { mean: 3e6 } });
    expect(specOf('{ zipf: 1.1, count: 1000 }', numberDistribution())).toEqual({ kind: 'zipf', options });
    expect(specOf('{ zipf: { exponent: 1.1, count: 1000 } }', numberDistribution())).toEqual({
      kind: 'zipf',
      options,
    });
  });

  it('checks the parts of a mixture to the same kind of values', () => {
    const mixture = '{ mixture: [ { weight: 9, value: 1ms }, { weight: 1, value: { exponential: 20ms } } ] }';
    expect(specOf(mixture)).toEqual({
      kind: 'mixture',
      options: {
        components: [
          { weight: 9, value: { kind: 'constant', options: { value: 1e6 } } },
          { weight: 1, value: { kind: 'exponential', options: { mean: 20e6 } } },
        ],
      },
    });
    expect(
      mistakesIn('{ mixture: [ { weight: 9, value: 1ms }, { weight: 1, value: { exponential: 20 } } ] }'),
    ).toEqual([
      'mixture.1.value.exponential: 20, a duration like 250ms, 60s or 1m30s (write the unit: 20ms or 20s)',
    ]);
  });

  it('gives specifications that are plain data', () => {
    for (const plug of distributions.plugs) {
      const [written] = Object.values(parse(plug.example) as Record<string, unknown>);
      const checked = check(plug.units === undefined ? durations : numberDistribution(), written);
      if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
      expect(JSON.parse(JSON.stringify(checked.value))).toEqual(checked.value);
    }
  });
});

describe('a wrong distribution', () => {
  const NAMES = distributions.names.filter((name) => name !== 'zipf').join(', ');
  const mistakes: [string, string[]][] = [
    [
      '{ exponental: 3ms }',
      [`exponental!: "exponental", a distribution: one of ${NAMES} (did you mean "exponential"?)`],
    ],
    ['{ mean: 3ms }', [`mean!: "mean", a distribution: one of ${NAMES}`]],
    ['{}', [': a mapping, a duration like 250ms, or a distribution like { exponential: 3ms }']],
    ['', [': null, a duration like 250ms, or a distribution like { exponential: 3ms }']],
    ['[1ms]', [': a list of 1, a duration like 250ms, or a distribution like { exponential: 3ms }']],
    ['12', [': 12, a duration like 250ms, 60s or 1m30s (write the unit: 12ms or 12s)']],
    ['-1ms', [': "-1ms", a duration like 250ms, 60s or 1m30s (a duration cannot be negative)']],
    [
      'exponential',
      [': "exponential", the options of exponential (for example time: { exponential: 3ms }   # the mean)'],
    ],
    ['{ exponential: 1ms, uniform: 2ms }', [': "exponential, uniform", one distribution']],
    ['{ zipf: 1.1, count: 10 }', ['zipf: "zipf", a distribution of durations']],
    ['{ exponential: 0 }', ['exponential: "0ms", a value above 0']],
    ['{ exponential: { mean: 0 } }', ['exponential.mean: "0ms", a value above 0']],
    [
      '{ lognormal: { mean: 1ms }, cv: 0.3 }',
      [
        'cv!: "cv", only the key lognormal (move it into the options of lognormal)',
        'lognormal: a mapping, mean and cv, median and sigma, or p50 and p95',
      ],
    ],
    [
      '{ lognormal: { mean: 1ms, cw: 0.3 } }',
      ['lognormal.cw!: "cw", only the keys mean, cv, median, sigma, p50, p95 (did you mean "cv"?)'],
    ],
    [
      '{ lognormal: 1ms, cw: 0.3 }',
      ['cw!: "cw", only the keys mean, cv, median, sigma, p50, p95 (did you mean "cv"?)'],
    ],
    ['{ lognormal: { p50: 2ms, p95: 1ms } }', ['lognormal.p95: "1ms", a value above `p50`']],
    ['{ lognormal: 1ms, cv: -1 }', ['cv: -1, a number of at least 0']],
    ['{ uniform: { min: 3ms, max: 3ms } }', ['uniform.max: "3ms", a value above `min`']],
    ['{ uniform: 3ms, min: 3.5ms }', ['uniform: "3ms", a value above `min`']],
    [
      '{ normal: { mean: 10ms, stddev: 1ms, min: 5ms, max: 5ms } }',
      ['normal.max: "5ms", a value above `min`, by 1 % of `stddev` at least'],
    ],
    [
      '{ normal: { mean: 0s, stddev: 1ms, min: 6ms } }',
      ['normal.mean: "0ms", a mean within 5 `stddev` of the values left by `min` and `max`'],
    ],
    ['{ gamma: { mean: 1ms, shape: 2 } }', ['gamma: a mapping, mean and cv, or shape and scale']],
    ['{ weibull: { shape: 2 } }', ['weibull: "neither", one of scale and mean']],
    ['{ weibull: { shape: 2, mean: 1ms, scale: 1ms } }', ['weibull: "both", one of scale and mean']],
    ['{ pareto: 2ms, shape: 2, max: 1ms }', ['max: "1ms", a value above `min`']],
    ['{ mixture: [] }', ['mixture: a list of 0, at least one component']],
    ['{ mixture: [ { weight: 0, value: 1ms } ] }', ['mixture.0.weight: 0, a number above 0']],
    [
      '{ shifted: { offset: 1ms } }',
      ['shifted.value: nothing, a duration like 250ms, or a distribution like { exponential: 3ms }'],
    ],
    ['{ empirical: [] }', ['empirical: a list of 0, at least one value']],
    ['{ empirical: {} }', ['empirical: a mapping, values, quantiles or file']],
    ['{ empirical: { file: times.csv } }', ['empirical.file: "times.csv", values: no file can be read here']],
    ['{ empirical: [1ms, 2ms], weights: [1] }', ['weights: a list of 1, a list of 2, one weight per value']],
    ['{ empirical: [1ms, 2ms], weights: [0, 0] }', ['weights: a list of 2, a weight above 0']],
    [
      '{ empirical: [1ms, 2ms], weights: [1, 2], interpolate: linear }',
      ['interpolate: "linear", none, where there are weights (write quantiles instead)'],
    ],
    [
      '{ empirical: { quantiles: { med: 1ms, max: 2ms } } }',
      ['empirical.quantiles: "med, max", min and max among the quantiles'],
    ],
    [
      '{ empirical: { quantiles: { min: 1ms, avg: 2ms, max: 3ms } } }',
      ['empirical.quantiles.avg: "avg", a quantile: min, med, max, p95, p(99.9), 95% or 0.95'],
    ],
    [
      '{ empirical: { quantiles: { min: 1ms, p95: 9ms, max: 3ms } } }',
      ['empirical.quantiles.max: "max", a larger quantile and value than p95'],
    ],
  ];

  it.each(mistakes)('%s is told where and why', (yaml, expected) => {
    expect(mistakesIn(yaml)).toEqual(expected);
  });

  it.prop([fc.jsonValue()], { seed: 430, numRuns: 300 })('is never a crash', (value) => {
    for (const field of [durations, numberDistribution(), bytesDistribution()]) {
      expect(typeof check(field, value).ok).toBe('boolean');
    }
  });

  it('of a name that every object has is a mistake too', () => {
    expect(check(durations, JSON.parse('{ "__proto__": 1 }')).ok).toBe(false);
    expect(check(durations, { constructor: 1 }).ok).toBe(false);
    expect(check(durations, { exponential: { toString: 1, mean: '1ms' } }).ok).toBe(false);
  });
});

describe('the JSON Schema of a distribution field', () => {
  const schema = toJsonSchema(durations) as {
    anyOf: { properties?: Record<string, unknown>; required?: string[] }[];
  };

  it('has a bare value and every distribution of its unit', () => {
    const [bare, ...forms] = schema.anyOf;
    expect(bare).toEqual({ type: ['string', 'number'], unit: 'duration' });
    expect(forms.flatMap((form) => form.required)).toEqual(
      distributions.names.filter((name) => name !== 'zipf'),
    );
  });

  it('knows the options beside a name', () => {
    const lognormal = schema.anyOf.find((form) => form.required?.[0] === 'lognormal');
    expect(Object.keys(lognormal?.properties ?? {})).toEqual([
      'lognormal',
      'cv',
      'median',
      'sigma',
      'p50',
      'p95',
    ]);
  });
});
