import { fail, number, record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';
import { exp, log, normalQuantile } from '../math.js';
import { positive, standardNormal, written } from '../parameters.js';

/** Ways to fix a log-normal distribution, each a pair of options. */
const PAIRS = 'mean and cv, median and sigma, or p50 and p95';

/** The standard normal's 95 % quantile. */
const Z95 = normalQuantile(0.95);

/** e^(median's logarithm + sigma z), z a standard normal by inversion: one draw, larger draws give larger values. */
export const lognormal = distributionPlug({
  name: 'lognormal',
  summary: 'Positive values whose logarithm is normal: what service times usually look like.',
  source: 'Log-normal distribution, by inversion of the normal (Wichura, AS 241).',
  example:
    'cpu: { lognormal: { mean: 0.9ms, cv: 0.3 } }   # or { median: 0.8ms, sigma: 0.3 }, or { p50: 0.8ms, p95: 2ms }',
  shorthand: 'mean',
  optionsFor: (values) =>
    record({
      mean: positive(values).optional().describe('Mean; goes with `cv`.'),
      cv: number({ min: 0, max: 1000 }).optional().describe('Standard deviation / mean.'),
      median: positive(values).optional().describe('Median; goes with `sigma`.'),
      sigma: number({ min: 0, max: 10 }).optional().describe('Standard deviation of the natural logarithm.'),
      p50: positive(values).optional().describe('Median; goes with `p95`.'),
      p95: positive(values).optional().describe('95 % of the values are below this.'),
    }).transform((options, context) => {
      const { mean, cv, median, sigma, p50, p95 } = options;
      const given = Object.values(options).filter((value) => value !== undefined).length;
      if (given === 2 && mean !== undefined && cv !== undefined) return fromMean(mean, cv);
      if (given === 2 && median !== undefined && sigma !== undefined) return { median, sigma };
      if (given === 2 && p50 !== undefined && p95 !== undefined) {
        if (p50 < p95) return { median: p50, sigma: log(p95 / p50) / Z95 };
        fail(context, written(values, p95), 'a value above `p50`', undefined, ['p95']);
      } else {
        fail(context, options, PAIRS);
      }
      return { median: 1, sigma: 1 };
    }),
  create: ({ median, sigma }) => {
    const spread = exp(sigma * sigma);
    const mean = median * exp((sigma * sigma) / 2);
    return {
      kind: 'lognormal',
      mean,
      variance: mean * mean * (spread - 1),
      min: 0,
      max: Number.POSITIVE_INFINITY,
      constant: sigma === 0 ? median : undefined,
      sample: (stream) => median * exp(sigma * standardNormal(stream)),
    };
  },
});

function fromMean(mean: number, cv: number): { median: number; sigma: number } {
  const spread = 1 + cv * cv;
  return { median: mean / Math.sqrt(spread), sigma: Math.sqrt(log(spread)) };
}
