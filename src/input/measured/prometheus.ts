import { record } from '../../options/fields.js';
import { InputError } from '../error.js';
import { type Ignored, labelOf, type MeasuredFormat, type MeasuredSeries } from '../measured.js';
import { wholeText } from '../text-lines.js';

const options = record({});

/** An answer of Prometheus to `query_range`: the servers' own counters and gauges. */
export const prometheus: MeasuredFormat<typeof options> = {
  name: 'prometheus',
  summary: 'an answer of Prometheus to `/api/v1/query_range` (a matrix), as `curl` saves it; plain or gzip',
  source: 'Prometheus HTTP API v1, range queries',
  options,
  example: 'measured:\n  - { prometheus: results/measured/n2-stages100-a/prom-requests.json.gz }',
  recognizes: (head) => /^\ufeff?\s*\{\s*"status"\s*:\s*"(success|error)"/.test(head),
  async read(text, settings) {
    const answer = parse((await wholeText(text)).replace(/^\ufeff/, ''), text.file);
    const firsts = answer.map((entry) => entry.values[0]?.[0] ?? Number.POSITIVE_INFINITY);
    const lasts = answer.map((entry) => entry.values.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY);
    const first = Math.min(...firsts);
    const startSeconds =
      settings.startMs === undefined ? (Number.isFinite(first) ? first : 0) : settings.startMs / 1000;
    const ignored: Ignored[] = [];
    return {
      source: text.file,
      format: prometheus.name,
      label: settings.label ?? labelOf(text.file),
      startMs: startSeconds * 1000,
      durationSeconds: Math.max(0, Math.max(startSeconds, ...lasts) - startSeconds),
      metrics: {},
      vus: [],
      series: answer.map((entry) => seriesOf(entry, startSeconds, ignored)),
      ignored,
    };
  },
};

interface MatrixEntry {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix time in seconds, and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

function parse(text: string, file: string): readonly MatrixEntry[] {
  const refuse = (got: string): never => {
    const expected = 'a successful answer to query_range with a matrix';
    throw new InputError([{ file, line: 1, column: 1, path: '', got, expected }]);
  };
  let value: { status?: string; error?: string; data?: { resultType?: string; result?: unknown } } | null;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message differs between engines; the usual cause is a file that ends too early.
    return refuse('text that is not complete JSON');
  }
  if (value?.status === 'error') return refuse(`the error ${JSON.stringify(value.error ?? '')}`);
  const { resultType, result } = value?.data ?? {};
  if (resultType !== 'matrix') return refuse(`a result of type ${JSON.stringify(resultType ?? null)}`);
  if (!Array.isArray(result) || !result.every(isEntry))
    return refuse('a matrix with entries of another shape');
  return result;
}

function isEntry(entry: unknown): entry is MatrixEntry {
  const { metric, values } = (entry ?? {}) as Partial<MatrixEntry>;
  if (typeof metric !== 'object' || metric === null || !Array.isArray(values)) return false;
  return values.every((pair) => typeof pair?.[0] === 'number' && typeof pair[1] === 'string');
}

function seriesOf(entry: MatrixEntry, startSeconds: number, ignored: Ignored[]): MeasuredSeries {
  const { __name__: metric = '', ...labels } = entry.metric;
  const points = entry.values.map(([time, value]) => ({
    atSeconds: time - startSeconds,
    value: Number(value),
  }));
  const finite = points.filter((point) => Number.isFinite(point.value));
  if (finite.length < points.length) {
    const what = `values of ${metric} that are no finite number (Prometheus writes NaN where a series has ended)`;
    ignored.push({ what, count: points.length - finite.length });
  }
  return { metric, labels, points: finite };
}
