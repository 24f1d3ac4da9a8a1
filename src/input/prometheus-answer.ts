import { InputError } from './error.js';
import { isJsonObject, parseJsonDocument } from './json-document.js';
import type { Ignored, MeasuredRun, MeasuredSeries } from './measured.js';

/** One series as Prometheus answers it: labels with `__name__`, Unix times in seconds with values as text. */
export interface AnsweredSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

const EXPECTED = 'a successful answer of Prometheus with a matrix or a vector';

/**
 * The series of an answer of `/api/v1/query_range` (a matrix) or `/api/v1/query` (a vector, whose series have one value; a matrix for
 * `up[5m]`; a scalar, a series without a name), and what Prometheus warns of.
 *
 * @throws InputError with the error that Prometheus answered, or the place where the text is not its.
 */
export function parseAnswer(file: string, text: string): { series: AnsweredSeries[]; ignored: Ignored[] } {
  const refuse = (path: string, got: string, expected = EXPECTED): never => {
    throw new InputError([{ file, line: 1, column: 1, path, got, expected }]);
  };
  const value = parseJsonDocument(file, text, EXPECTED);
  if (!isJsonObject(value)) return refuse('', 'JSON of another shape');
  if (value.status === 'error') return refuse('error', `the error ${JSON.stringify(value.error ?? '')}`);
  const { resultType, result } = isJsonObject(value.data) ? value.data : {};
  if (resultType === 'scalar' && isPair(result)) {
    return { series: [{ metric: {}, values: [result] }], ignored: warningsOf(value) };
  }
  if (resultType !== 'matrix' && resultType !== 'vector') {
    return refuse('data.resultType', JSON.stringify(resultType ?? null));
  }
  if (!Array.isArray(result)) return refuse('data.result', 'no list', `a list of series`);
  const series = result.map((entry: unknown, index): AnsweredSeries => {
    const at = `data.result[${index}]`;
    if (!isJsonObject(entry) || !isJsonObject(entry.metric)) {
      return refuse(at, JSON.stringify(entry).slice(0, 60), 'a series with `metric`');
    }
    const labels = Object.entries(entry.metric);
    const odd = labels.find(([, label]) => typeof label !== 'string');
    if (odd !== undefined) return refuse(`${at}.metric.${odd[0]}`, JSON.stringify(odd[1]), 'a text');
    const key = resultType === 'matrix' ? 'values' : 'value';
    const values: unknown = resultType === 'matrix' ? entry.values : [entry.value];
    if (!Array.isArray(values)) return refuse(`${at}.${key}`, 'no list', 'pairs of a time and a value');
    const wrong = values.findIndex((pair) => !isPair(pair));
    if (wrong >= 0) {
      const got = JSON.stringify(values[wrong] ?? null).slice(0, 60);
      return refuse(`${at}.${key}[${wrong}]`, got, 'a pair of a Unix time and a value as text');
    }
    return { metric: Object.fromEntries(labels) as Record<string, string>, values };
  });
  return { series, ignored: warningsOf(value) };
}

/** `NaN`, `+Inf`, `1.5e-05`: whatever Prometheus writes. */
const VALUE = /^([+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Inf)$/i;

function isPair(pair: unknown): pair is readonly [number, string] {
  if (!Array.isArray(pair) || pair.length !== 2) return false;
  return typeof pair[0] === 'number' && typeof pair[1] === 'string' && VALUE.test(pair[1]);
}

function warningsOf(answer: Readonly<Record<string, unknown>>): Ignored[] {
  const texts = [answer.warnings, answer.infos].flatMap((list) => (Array.isArray(list) ? list : []));
  return texts.map((text) => ({ what: `Prometheus warns: ${String(text)}`, count: 1 }));
}

/**
 * A run of nothing but series; its start, where it is not told, is the first time in them.
 *
 * @param run what is known of it besides; `startMs` absent: by the series.
 */
export function seriesRun(
  answered: readonly AnsweredSeries[],
  run: Pick<MeasuredRun, 'source' | 'format' | 'label' | 'ignored'> & {
    readonly startMs?: number | undefined;
  },
): MeasuredRun {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of answered) {
    for (const [time] of values) {
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }
  const startSeconds = run.startMs === undefined ? (first <= last ? first : 0) : run.startMs / 1000;
  const infinite = new Map<string, number>();
  const series = answered.map((entry) => measuredSeries(entry, startSeconds, infinite));
  const ended = [...infinite].map(([metric, count]) => ({
    what: `values of ${metric} that are no finite number (Prometheus writes NaN where there is nothing)`,
    count,
  }));
  return {
    source: run.source,
    format: run.format,
    label: run.label,
    ...((first <= last || run.startMs !== undefined) && { startMs: startSeconds * 1000 }),
    durationSeconds: Math.max(0, Math.max(startSeconds, last) - startSeconds),
    metrics: {},
    vus: [],
    series,
    ignored: [...run.ignored, ...ended, ...(answered.length === 0 ? [NO_SERIES] : [])],
  };
}

const NO_SERIES: Ignored = { what: 'what was asked for: there are no series in it', count: 1 };

function measuredSeries(
  entry: AnsweredSeries,
  startSeconds: number,
  infinite: Map<string, number>,
): MeasuredSeries {
  const { __name__: metric = '', ...labels } = entry.metric;
  const points = entry.values.map(([time, value]) => ({
    atSeconds: time - startSeconds,
    value: Number(value.replace(/Inf/i, 'Infinity')),
  }));
  const finite = points.filter((point) => Number.isFinite(point.value));
  if (finite.length < points.length) {
    infinite.set(metric, (infinite.get(metric) ?? 0) + points.length - finite.length);
  }
  return { metric, labels, points: finite };
}
