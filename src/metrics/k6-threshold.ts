import { NS_PER_MS } from '../kernel/time.js';
import type { MetricInfo } from './k6-metrics.js';
import type { MetricType } from './record.js';

/** In the order in which k6 tries them: the first that has something behind it is the one. */
const OPERATORS = ['<=', '<', '>=', '>', '===', '==', '!='] as const;

/** What each type can be asked for, in k6's order (metrics/metric_type.go); `p` stands for `p(N)`. */
const METHODS: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};
const ALL_METHODS = ['value', 'count', 'rate', 'avg', 'min', 'med', 'max', 'p'];

/** Go's strconv.ParseFloat, without its hexadecimal form. */
const FLOAT = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)$/i;

/** A threshold of `options.thresholds`, consolidated. */
export interface K6ThresholdDefinition {
  readonly threshold: string;
  readonly abortOnFail: boolean;
  /** ms; `null` where it was not given. */
  readonly delayAbortEval: number | null;
}

/** A parsed threshold of k6 v1.8.1 (metrics/thresholds_parser.go). */
export interface K6Threshold {
  /** As written, blanks included: the key in the summary. */
  readonly source: string;
  /** `avg`, `rate`, `p`, ... */
  readonly method: string;
  /** N of `p(N)`; 0 for the others. */
  readonly percentile: number;
  readonly operator: (typeof OPERATORS)[number];
  readonly value: number;
  readonly abortOnFail: boolean;
  readonly delayAbortEvalNs: number | undefined;
}

/** What is wrong with a threshold, in k6's words: exit code 104. */
export class K6ThresholdError extends Error {}

/**
 * Parses one expression, of whatever metric.
 *
 * @throws K6ThresholdError where it is malformed.
 */
export function parseK6Threshold(definition: K6ThresholdDefinition): K6Threshold {
  const { threshold: source, abortOnFail, delayAbortEval } = definition;
  const { method: left, operator, value } = split(source);
  const side = `failed parsing threshold expression's ${quote(source)} left hand side; reason: `;
  const { method, percentile } = parseMethod(left, side);
  if (!FLOAT.test(value)) {
    throw new K6ThresholdError(
      `failed parsing threshold expresion's ${quote(source)} right hand side; reason: ${parseFloatError(value)}`,
    );
  }
  return {
    source,
    method,
    percentile,
    operator,
    value: goFloat(value),
    abortOnFail,
    delayAbortEvalNs: delayAbortEval === null ? undefined : delayAbortEval * NS_PER_MS,
  };
}

function split(source: string) {
  for (const operator of OPERATORS) {
    const at = source.indexOf(operator);
    const right = at < 0 ? '' : source.slice(at + operator.length);
    if (right !== '') return { method: source.slice(0, at).trim(), operator, value: right.trim() };
  }
  const reason = 'malformed threshold expression';
  throw new K6ThresholdError(`failed parsing threshold expression ${quote(source)}; reason: ${reason}`);
}

function parseMethod(text: string, side: string): { method: string; percentile: number } {
  if (ALL_METHODS.includes(text)) return { method: text, percentile: 0 };
  if (!text.startsWith('p(') || !text.endsWith(')')) {
    throw new K6ThresholdError(`${side}failed parsing method from expression`);
  }
  const inside = text.slice('p('.length, -1);
  if (!FLOAT.test(inside)) {
    throw new K6ThresholdError(`${side}malformed percentile value; reason: ${parseFloatError(inside)}`);
  }
  return { method: 'p', percentile: goFloat(inside) };
}

/**
 * Checks the thresholds of one metric against its definition.
 *
 * @throws K6ThresholdError for a statistic that the type does not have.
 */
export function checkMethods(metric: string, info: MetricInfo, thresholds: readonly K6Threshold[]): void {
  const methods = METHODS[info.type];
  for (const { method, source } of thresholds) {
    if (methods.includes(method)) continue;
    throw new K6ThresholdError(
      `invalid threshold ${quote(source)} applied on metric ${metric}; reason: ` +
        `unsupported aggregation method ${method} on metric of type ${info.type}. ` +
        `supported aggregation methods for this metric are: ${methods.join(', ')}`,
    );
  }
}

/** True if the statistic meets the threshold; `undefined` (a rate without values) always does. */
export function holds(threshold: K6Threshold, statistic: number | undefined): boolean {
  if (statistic === undefined) return true;
  switch (threshold.operator) {
    case '<=':
      return statistic <= threshold.value;
    case '<':
      return statistic < threshold.value;
    case '>=':
      return statistic >= threshold.value;
    case '>':
      return statistic > threshold.value;
    case '!=':
      return statistic !== threshold.value;
    default:
      return statistic === threshold.value;
  }
}

/** The word that a sink knows the statistic by. */
export function statisticOf(threshold: K6Threshold): string {
  return threshold.method === 'p' ? `p(${threshold.percentile})` : threshold.method;
}

function goFloat(text: string): number {
  return /inf/i.test(text) ? Number(`${text.startsWith('-') ? '-' : ''}Infinity`) : Number(text);
}

function parseFloatError(text: string): string {
  return `strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`;
}

/** Go's %q, as far as such texts need it. */
function quote(text: string): string {
  return JSON.stringify(text);
}
