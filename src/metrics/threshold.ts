import { NS_PER_MS } from '../kernel/time.js';
import { didYouMean, maybeDuration } from '../options/fields.js';
import { BUILTIN_METRICS } from './builtin.js';
import type { MetricRecord, MetricType } from './record.js';
import type { ThresholdResult } from './result.js';
import { type MetricSelector, parseSelector } from './selector.js';
import { aggregate } from './statistic.js';

/** k6's comparison operators; the longer ones first, for the parser. */
const OPERATORS = ['===', '<=', '>=', '==', '!=', '<', '>'] as const;
/** How a threshold compares. */
export type ThresholdOperator = (typeof OPERATORS)[number];

/** What each type of metric can be asked for (metrics/thresholds.go); `p(N)` for trends besides. */
const AGGREGATIONS: Readonly<Record<MetricType, readonly string[]>> = {
  trend: ['avg', 'min', 'max', 'med'],
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
};

/** Go's decimal floats, as strconv.ParseFloat reads them. */
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One checked expression, such as `p(95)<500`. */
export interface Threshold {
  /** As written, trimmed: the key in results and in k6's summary. */
  readonly source: string;
  /** `avg`, `p(95)`, `rate`, ...: normalized, without blanks. */
  readonly aggregation: string;
  readonly operator: ThresholdOperator;
  readonly value: number;
  /** True: the run is cut as soon as this fails. */
  readonly abortOnFail: boolean;
  /** With `abortOnFail`: no abort until more than this of the test has passed. */
  readonly delayAbortEvalNs: number;
}

/** The thresholds of one metric or sub-metric. */
export interface MetricThresholds {
  readonly selector: MetricSelector;
  readonly thresholds: readonly Threshold[];
}

/** One entry as k6 writes it. */
export type ThresholdDefinition =
  | string
  | {
      readonly threshold: string;
      readonly abortOnFail?: boolean | undefined;
      /** `10s`; a bare number is milliseconds, as in k6. */
      readonly delayAbortEval?: string | number | undefined;
    };

/** A mistake in a definition: where, what, and what helps. */
export interface ThresholdProblem {
  readonly metric: string;
  /** Which expression of the metric; `undefined` where the metric's name itself is wrong. */
  readonly index: number | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

/**
 * Checks thresholds by k6's grammar: `<aggregation> <operator> <number>` under the name of a metric, or of a metric with tags.
 * Collects every mistake; k6 refuses the same ones (exit 104), except that it says one at a time.
 *
 * @param definitions k6's `options.thresholds`.
 * @param metricTypes the metrics that exist; a script's own besides the built-in ones.
 */
export function parseThresholds(
  definitions: Readonly<Record<string, readonly ThresholdDefinition[]>>,
  metricTypes: Readonly<Record<string, MetricType>> = BUILTIN_METRICS,
): { thresholds: MetricThresholds[]; problems: ThresholdProblem[] } {
  const thresholds: MetricThresholds[] = [];
  const problems: ThresholdProblem[] = [];
  for (const [metric, entries] of Object.entries(definitions)) {
    try {
      const selector = parseSelector(metric);
      const type = metricTypes[selector.base];
      if (type === undefined) throw unknownMetric(selector.base, Object.keys(metricTypes));
      thresholds.push({ selector, thresholds: parseEntries(metric, type, entries, problems) });
    } catch (error) {
      problems.push(problemOf(error, metric, undefined));
    }
  }
  return { thresholds, problems };
}

function parseEntries(
  metric: string,
  type: MetricType,
  entries: readonly ThresholdDefinition[],
  problems: ThresholdProblem[],
): Threshold[] {
  const parsed: Threshold[] = [];
  entries.forEach((entry, index) => {
    try {
      parsed.push(parseThreshold(entry, type));
    } catch (error) {
      problems.push(problemOf(error, metric, index));
    }
  });
  return parsed;
}

/**
 * One expression for a metric of that type.
 *
 * @throws ThresholdError with a hint where it is malformed, or asks for what the type does not have.
 */
export function parseThreshold(definition: ThresholdDefinition, type: MetricType): Threshold {
  const text = typeof definition === 'string' ? definition : definition.threshold;
  const source = text.trim();
  const operator = firstOperator(source);
  if (operator === undefined) {
    throw new ThresholdError(`no comparison in threshold "${source}"`, `write it like ${exampleOf(type)}`);
  }
  const at = source.indexOf(operator);
  const number = source.slice(at + operator.length).trim();
  if (!FLOAT.test(number)) {
    const hint = /^\d+(\.\d+)?\s*(ms|s|m|%)$/.test(number)
      ? 'a plain number: durations in milliseconds, rates from 0 to 1'
      : `write it like ${exampleOf(type)}`;
    throw new ThresholdError(`not a number in threshold "${source}": "${number}"`, hint);
  }
  const aggregation = parseAggregation(source.slice(0, at).trim(), type, source);
  return { source, aggregation, operator, value: Number(number), ...abortOptions(definition) };
}

function firstOperator(source: string): ThresholdOperator | undefined {
  const at = source.search(/[<>=!]/);
  return at === -1 ? undefined : OPERATORS.find((operator) => source.startsWith(operator, at));
}

function parseAggregation(text: string, type: MetricType, source: string): string {
  const allowed = AGGREGATIONS[type];
  if (allowed.includes(text)) return text;
  const percentile = /^p\(\s*([^)]*?)\s*\)$/.exec(text)?.[1];
  if (type === 'trend' && percentile !== undefined && FLOAT.test(percentile)) {
    const percent = Number(percentile);
    if (percent >= 0 && percent <= 100) return `p(${percent})`;
    throw new ThresholdError(
      `percentile out of range in threshold "${source}"`,
      'a percentile is from 0 to 100',
    );
  }
  const percentileHint = /^p\d+(\.\d+)?$/.test(text) ? `did you mean "p(${text.slice(1)})"?` : undefined;
  const names = type === 'trend' ? [...allowed, 'p(95)'] : allowed;
  throw new ThresholdError(
    `a ${type} has no "${text}", in threshold "${source}"`,
    (type === 'trend' ? percentileHint : undefined) ?? `a ${type} has ${names.join(', ')}`,
  );
}

function abortOptions(definition: ThresholdDefinition): { abortOnFail: boolean; delayAbortEvalNs: number } {
  if (typeof definition === 'string') return { abortOnFail: false, delayAbortEvalNs: 0 };
  const delay = definition.delayAbortEval ?? 0;
  const delayAbortEvalNs = typeof delay === 'number' ? delay * NS_PER_MS : maybeDuration(delay);
  if (delayAbortEvalNs === undefined) {
    throw new ThresholdError(`delayAbortEval is not a duration: "${delay}"`, 'write it like 10s or 1m30s');
  }
  return { abortOnFail: definition.abortOnFail ?? false, delayAbortEvalNs };
}

function exampleOf(type: MetricType): string {
  const examples = { trend: '"p(95)<500"', counter: '"count>100"', gauge: '"value<100"', rate: '"rate<0.1"' };
  return examples[type];
}

/** A malformed threshold: the user's mistake. */
export class ThresholdError extends Error {
  constructor(
    message: string,
    readonly hint: string | undefined,
  ) {
    super(message);
  }
}

function unknownMetric(name: string, known: readonly string[]): ThresholdError {
  return new ThresholdError(`unknown metric: "${name}"`, didYouMean(name, known));
}

function problemOf(error: unknown, metric: string, index: number | undefined): ThresholdProblem {
  if (error instanceof ThresholdError) return { metric, index, message: error.message, hint: error.hint };
  // The selector's parser throws this for malformed braces; anything else is a bug of ours.
  if (error instanceof RangeError) return { metric, index, message: error.message, hint: undefined };
  throw error;
}

/** One side of a comparison: a metric as some replication recorded it (`undefined`: never), and how long that ran. */
export interface MeasuredMetric {
  readonly record: MetricRecord | undefined;
  readonly durationSeconds: number;
}

/**
 * Compares the mean over replications with the threshold; with one replication, exactly what k6 does at its end. A metric without
 * a sample counts as 0; only a rate without samples passes whatever is asked, as in k6.
 */
export function evaluateThreshold(threshold: Threshold, metrics: readonly MeasuredMetric[]): ThresholdResult {
  let sum = 0;
  let count = 0;
  for (const { record, durationSeconds } of metrics) {
    const emptyRate = record?.type === 'rate' && record.total === 0;
    if (emptyRate) continue;
    sum += record === undefined ? 0 : aggregate(record, threshold.aggregation, durationSeconds);
    count += 1;
  }
  if (count === 0) return { ok: true, value: 0 };
  const value = sum / count;
  return { ok: compare(value, threshold.operator, threshold.value), value };
}

function compare(left: number, operator: ThresholdOperator, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
}
