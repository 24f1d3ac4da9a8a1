import type { MetricType } from '../../metrics/record.js';
import { record } from '../../options/fields.js';
import { addK6Point, blankPoint, type K6Point, type K6Points, k6Run, newK6Points } from '../k6-points.js';
import type { MeasuredFormat } from '../measured.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from '../row-mistakes.js';
import { forEachLine, openEnd } from '../text-lines.js';
import { unixMicroseconds } from '../unix-time.js';

const options = record({});

/** Samples of k6's `--out json=`: one object per line, metrics with their types, then points. */
export const k6Json: MeasuredFormat<typeof options> = {
  name: 'k6-json',
  summary: 'every sample of a k6 run, as `k6 run --out json=points.json.gz` writes them; plain or gzip',
  source: 'k6 v1.8.1, internal/output/json/json.go',
  options,
  example: 'measured:\n  - { k6: results/before/points.json.gz }',
  recognizes: (head) =>
    /^\ufeff?\s*\{"(type":"(Metric|Point)"|metric":".*"type":"(Metric|Point)")/.test(head),
  async read(text, settings) {
    const points = newK6Points();
    const mistakes: RowMistakes = { file: text.file, found: [] };
    const point = blankPoint();
    const end = await forEachLine(text, (row, line) => {
      if (row.trim() === '') return;
      const mistake = takeLine(row, points, point);
      if (mistake !== undefined) addRowMistake(mistakes, { line, text: row }, mistake);
    });
    throwRowMistakes(mistakes);
    return k6Run(points, { name: text.file, format: k6Json.name, ignored: openEnd(end) }, settings);
  },
};

/** What k6 writes, none of it sure yet. */
interface Entry {
  readonly type?: unknown;
  readonly metric?: unknown;
  readonly data?: {
    readonly type?: unknown;
    readonly time?: unknown;
    readonly value?: unknown;
    readonly tags?: unknown;
  };
}

/** Tags that say what was asked, by the fields of a point they go to. */
const REQUEST_TAGS = ['method', 'name', 'url', 'scenario', 'group', 'instance'] as const;

const TYPES: ReadonlySet<unknown> = new Set(['trend', 'counter', 'rate', 'gauge']);

/** What is wrong with a line. */
interface LineMistake {
  readonly path: string;
  readonly got: string;
  readonly expected: string;
  readonly hint?: string;
}

/** Takes one line into `points`; the mistake where it is not k6's. */
function takeLine(text: string, points: K6Points, point: K6Point): LineMistake | undefined {
  const entry = parsed(text.replace(/^\ufeff/, ''));
  if (entry === undefined) {
    const hint = 'a file breaks off like this where k6 was killed: delete its last line';
    return { path: '', got: 'no complete object', expected: 'one JSON object per line', hint };
  }
  const { type, metric, data } = entry;
  if (typeof metric !== 'string' || typeof data !== 'object' || data === null) {
    return { path: '', got: 'an object of another kind', expected: "k6's `metric`, `type` and `data`" };
  }
  if (type === 'Metric') {
    if (!TYPES.has(data.type)) return wrong('data.type', data.type, 'trend, counter, rate or gauge');
    points.types.set(metric, data.type as MetricType);
    return undefined;
  }
  if (type !== 'Point') return wrong('type', type, '"Metric" or "Point"');
  point.timeUs = typeof data.time === 'string' ? unixMicroseconds(data.time, 'rfc3339') : Number.NaN;
  if (Number.isNaN(point.timeUs)) return wrong('data.time', data.time, 'an RFC 3339 date');
  if (typeof data.value !== 'number') return wrong('data.value', data.value, 'a number');
  const tags = (data.tags ?? {}) as Readonly<Record<string, unknown>>;
  const tag = (name: string) => (typeof tags[name] === 'string' ? tags[name] : '');
  point.metric = metric;
  point.value = data.value;
  point.status = tag('status');
  if (!/^\d{0,3}$/.test(point.status)) return wrong('data.tags.status', point.status, 'an HTTP status');
  if (metric === 'http_req_duration') {
    if (data.value < 0) return wrong('data.value', data.value, 'a duration');
    for (const name of REQUEST_TAGS) point[name] = tag(name);
  }
  point.expectedResponse = tag('expected_response');
  addK6Point(points, point);
  return undefined;
}

function wrong(path: string, got: unknown, expected: string): LineMistake {
  return { path, got: got === undefined ? 'nothing' : JSON.stringify(got), expected };
}

function parsed(text: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Entry) : undefined;
  } catch {
    // The line's number, which the caller knows, says more than the parser's offset.
    return undefined;
  }
}
