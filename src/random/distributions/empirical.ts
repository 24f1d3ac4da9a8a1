import type { z } from 'zod';
import { choice, fail, list, mapOf, number, record, text } from '../../options/fields.js';
import { cumulativeTable, indexAt, type Moments, weightedMoments } from '../discrete.js';
import { type Distribution, distributionPlug } from '../distribution.js';
import type { RandomStream } from '../stream.js';

/** Measured values, drawn as they are or with straight lines between them; or quantiles with straight lines between. */
export const empirical = distributionPlug({
  name: 'empirical',
  summary: 'What was measured: a list of values, weighted values, or quantiles such as a load tester prints.',
  source:
    'Inversion of the empirical distribution function: stepwise, or piecewise linear (Law, Simulation Modeling and Analysis, 5th ed., 6.2.4).',
  example:
    'time: { empirical: { quantiles: { min: 2ms, med: 9ms, p(90): 24ms, p(95): 41ms, max: 140ms } } }   # or [1ms, 1.2ms, 3ms], or { values: [1ms, 9ms], weights: [9, 1] }, or { file: times.csv, column: duration, unit: ms }',
  shorthand: 'values',
  optionsFor: (values) =>
    record({
      values: list(values.value()).optional().describe('The values, in any order.'),
      weights: list(number({ min: 0 }))
        .optional()
        .describe('How often each value occurs; all alike unless told.'),
      interpolate: choice(['none', 'linear'])
        .default('none')
        .describe('none: only the values themselves; linear: everything between neighbouring values too.'),
      quantiles: mapOf(values.value())
        .optional()
        .describe(
          'Values by name: min, med or p50, p(90) or p90 or 90%, 0.95, max. `min` and `max` are needed.',
        ),
      file: text().optional().describe('A CSV file with the values, relative to this one.'),
      column: text().optional().describe('The column of `file`: its name in the first line.'),
      unit: text().optional().describe('The unit of the numbers in `file`: ns, us, ms, s, bytes.'),
    }).transform((options, context) => {
      const table =
        options.quantiles === undefined
          ? tableOfValues(options, context)
          : tableOfQuantiles(options, context);
      return table ?? { steps: { values: [0], weights: [1] } };
    }),
  create: (table) => ('steps' in table ? stepwise(table.steps) : linear(table.lines)),
});

/** Values by weight. */
export interface Steps {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** The quantile function's corners: both lists sorted, probabilities from 0 to 1. */
export interface Lines {
  readonly probabilities: readonly number[];
  readonly values: readonly number[];
}

type Table = { readonly steps: Steps } | { readonly lines: Lines };

interface Written {
  readonly values?: number[] | undefined;
  readonly weights?: number[] | undefined;
  readonly interpolate: 'none' | 'linear';
  readonly quantiles?: Record<string, number> | undefined;
  readonly file?: string | undefined;
}

function tableOfValues(options: Written, context: z.RefinementCtx): Table | undefined {
  const { values, weights, interpolate, file } = options;
  if (values === undefined) {
    if (file === undefined) fail(context, options, 'values, quantiles or file');
    else fail(context, file, 'values: no file can be read here', undefined, ['file']);
    return undefined;
  }
  if (values.length === 0) {
    fail(context, values, 'at least one value', undefined, ['values']);
  } else if (weights !== undefined && weights.length !== values.length) {
    fail(context, weights, `a list of ${values.length}, one weight per value`, undefined, ['weights']);
  } else if (weights !== undefined && !weights.some((weight) => weight > 0)) {
    fail(context, weights, 'a weight above 0', undefined, ['weights']);
  } else if (weights !== undefined && interpolate === 'linear') {
    fail(context, interpolate, 'none, where there are weights', 'write quantiles instead', ['interpolate']);
  } else if (interpolate === 'linear' && values.length > 1) {
    return { lines: linesThrough(values) };
  } else {
    return { steps: { values, weights: weights ?? values.map(() => 1) } };
  }
  return undefined;
}

function linesThrough(values: readonly number[]): Lines {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  return { values: [...sorted], probabilities: Array.from(sorted, (_, index) => index / last) };
}

function tableOfQuantiles(options: Written, context: z.RefinementCtx): Table | undefined {
  if (options.values !== undefined || options.file !== undefined || options.weights !== undefined) {
    fail(context, options, 'quantiles alone');
    return undefined;
  }
  const corners: { name: string; probability: number; value: number }[] = [];
  for (const [name, value] of Object.entries(options.quantiles ?? {})) {
    const probability = probabilityOf(name);
    if (probability === undefined) {
      fail(context, name, 'a quantile: min, med, max, p95, p(99.9), 95% or 0.95', undefined, [
        'quantiles',
        name,
      ]);
      return undefined;
    }
    corners.push({ name, probability, value });
  }
  corners.sort((a, b) => a.probability - b.probability);
  if (corners[0]?.probability !== 0 || corners.at(-1)?.probability !== 1) {
    fail(
      context,
      corners.map((corner) => corner.name).join(', '),
      'min and max among the quantiles',
      undefined,
      ['quantiles'],
    );
    return undefined;
  }
  for (const [index, corner] of corners.entries()) {
    const before = corners[index - 1];
    if (before === undefined || (before.probability < corner.probability && before.value <= corner.value))
      continue;
    fail(context, corner.name, `a larger quantile and value than ${before.name}`, undefined, [
      'quantiles',
      corner.name,
    ]);
    return undefined;
  }
  return {
    lines: {
      probabilities: corners.map((corner) => corner.probability),
      values: corners.map((corner) => corner.value),
    },
  };
}

/** 0 to 1 for `min`, `med`, `max`, `p95`, `p(99.9)`, `95%`, `0.95`; undefined for anything else. */
function probabilityOf(name: string): number | undefined {
  if (name === 'min') return 0;
  if (name === 'med') return 0.5;
  if (name === 'max') return 1;
  const match = /^(?:p(\d+(?:\.\d+)?)|p\((\d+(?:\.\d+)?)\)|(\d+(?:\.\d+)?)%)$/.exec(name);
  const percent = match?.[1] ?? match?.[2] ?? match?.[3];
  const probability = percent === undefined ? Number(name === '' ? Number.NaN : name) : Number(percent) / 100;
  return probability >= 0 && probability <= 1 ? probability : undefined;
}

function stepwise({ values, weights }: Steps): Distribution {
  const drawn = Float64Array.from(values.filter((_, index) => weights[index]! > 0));
  const drawnWeights = weights.filter((weight) => weight > 0);
  const alike = drawnWeights.every((weight) => weight === drawnWeights[0]);
  const table = cumulativeTable(drawnWeights);
  const sample = alike
    ? (stream: RandomStream) => drawn[Math.floor(stream.nextDouble() * drawn.length)]!
    : (stream: RandomStream) => drawn[indexAt(table, stream.nextDouble())]!;
  return { ...describe(drawn, weightedMoments(drawn, drawnWeights)), sample };
}

function linear({ values, probabilities }: Lines): Distribution {
  const corners = Float64Array.from(values);
  const weights = probabilities.slice(1).map((probability, index) => probability - probabilities[index]!);
  const table = cumulativeTable(weights);
  // Between two corners the values are uniform: their mean lies halfway, their variance is width² / 12.
  const middles = weights.map((_, index) => (values[index]! + values[index + 1]!) / 2);
  const widths = weights.map((_, index) => values[index + 1]! - values[index]!);
  const between = weightedMoments(middles, weights);
  const within = weightedMoments(
    widths.map((width) => (width * width) / 12),
    weights,
  );
  const sample = (stream: RandomStream) => {
    const uniform = stream.nextDouble();
    const index = indexAt(table, uniform);
    const start = index === 0 ? 0 : table.bounds[index - 1]!;
    const ratio = (uniform - start) / (table.bounds[index]! - start);
    return corners[index]! + ratio * (corners[index + 1]! - corners[index]!);
  };
  return { ...describe(corners, { mean: between.mean, variance: between.variance + within.mean }), sample };
}

function describe(values: Float64Array, { mean, variance }: Moments): Omit<Distribution, 'sample'> {
  const min = values.reduce((least, value) => Math.min(value, least));
  const max = values.reduce((most, value) => Math.max(value, most));
  return { kind: 'empirical', mean, variance, min, max, constant: min === max ? min : undefined };
}
