import { record } from '../../options/fields.js';
import { csvFields, hasOpenQuote } from '../csv-row.js';
import { InputError } from '../error.js';
import { addK6Point, blankPoint, type K6Point, k6Run, newK6Points } from '../k6-points.js';
import type { MeasuredFormat } from '../measured.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from '../row-mistakes.js';
import { forEachLine, openEnd, type TextEnd, type TextLines } from '../text-lines.js';
import { type TimeUnit, timeUnitOf, unixMicroseconds } from '../unix-time.js';

const options = record({});

/** Samples of k6's `--out csv=`: any of its columns in any order, any `K6_CSV_TIME_FORMAT`. */
export const k6Csv: MeasuredFormat<typeof options> = {
  name: 'k6-csv',
  summary: 'every sample of a k6 run, as `k6 run --out csv=points.csv.gz` writes them; plain or gzip',
  source: 'k6 v1.8.1, internal/output/csv/output.go',
  options,
  example: 'measured:\n  - { k6: results/measured/n1-steady-a/points.csv.gz }',
  recognizes: (head) => head.replace(/^\ufeff/, '').startsWith('metric_name,'),
  async read(text, settings) {
    const points = newK6Points();
    const { unit, end } = await readRows(text, (point) => addK6Point(points, point));
    const wholeSeconds =
      unit === 's' && points.table.count > 0 ? [{ what: WHOLE_SECONDS, count: points.table.count }] : [];
    const ignored = [...wholeSeconds, ...openEnd(end)];
    return k6Run(points, { name: text.file, format: k6Csv.name, ignored }, settings);
  },
};

const WHOLE_SECONDS =
  'fractions of a second: the timestamps are whole seconds (K6_CSV_TIME_FORMAT=unix_micro keeps them)';
const REQUIRED = ['metric_name', 'timestamp', 'metric_value'] as const;

/** Longest row: error texts are short; beyond this a quote that never ends is the likelier reading. */
const ROW_LENGTH_MAX = 65_536;

/** Columns of tags that tell what was asked, by the fields of a point they go to. */
const TAGS = ['method', 'name', 'url', 'scenario', 'group'] as const;

interface Columns {
  readonly count: number;
  readonly metric: number;
  readonly timestamp: number;
  readonly value: number;
  /** -1 where the run's `systemTags` left it out; so are those that follow. */
  readonly status: number;
  readonly expectedResponse: number;
  readonly tags: Readonly<Record<(typeof TAGS)[number], number>>;
  readonly extraTags: number;
}

interface Progress {
  columns: Columns | undefined;
  unit: TimeUnit | undefined;
  /** Beginning of a row whose quoted field goes on in the next line. */
  open: string;
  line: number;
}

async function readRows(
  text: TextLines,
  take: (point: K6Point) => void,
): Promise<{ unit: TimeUnit | undefined; end: TextEnd }> {
  const mistakes: RowMistakes = { file: text.file, found: [] };
  const progress: Progress = { columns: undefined, unit: undefined, open: '', line: 0 };
  const point = blankPoint();
  const end = await forEachLine(text, (line, number) => {
    progress.line = number;
    const row = progress.open === '' ? line : `${progress.open}\n${line}`;
    progress.open = row.length < ROW_LENGTH_MAX && hasOpenQuote(row) ? row : '';
    if (progress.open !== '' || row === '') return;
    if (progress.columns === undefined) progress.columns = headerOf(row, text.file);
    else if (readRow(row, progress, point, mistakes)) take(point);
  });
  if (progress.open !== '') {
    const row = { line: progress.line, text: progress.open.split('\n', 1)[0] as string };
    addRowMistake(mistakes, row, {
      path: '',
      got: 'a quoted field without an end',
      expected: 'a complete row',
    });
  }
  throwRowMistakes(mistakes);
  return { unit: progress.unit, end };
}

function headerOf(row: string, file: string): Columns {
  const names = csvFields(row.replace(/^\ufeff/, ''));
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const got = `columns ${names.slice(0, 5).join(', ')}`;
    const expected = `k6's header with ${REQUIRED.join(', ')}`;
    throw new InputError([{ file, line: 1, column: 1, lineText: row, path: '', got, expected }]);
  }
  return {
    count: names.length,
    metric: names.indexOf('metric_name'),
    timestamp: names.indexOf('timestamp'),
    value: names.indexOf('metric_value'),
    status: names.indexOf('status'),
    expectedResponse: names.indexOf('expected_response'),
    tags: Object.fromEntries(TAGS.map((tag) => [tag, names.indexOf(tag)])) as Columns['tags'],
    extraTags: names.indexOf('extra_tags'),
  };
}

/** Fills `point`; false, with a mistake noted, where the row is not one. */
function readRow(row: string, progress: Progress, point: K6Point, mistakes: RowMistakes): boolean {
  const columns = progress.columns as Columns;
  const fields = csvFields(row);
  const refuse = (path: string, got: string, expected: string, hint?: string) => {
    addRowMistake(
      mistakes,
      { line: progress.line, text: row },
      { path, got, expected, ...(hint && { hint }) },
    );
    return false;
  };
  if (fields.length !== columns.count) {
    const hint = 'a file breaks off like this where k6 was killed: delete its last line';
    return refuse('', `${fields.length} columns`, `${columns.count} columns, as the header has`, hint);
  }
  const timestamp = fields[columns.timestamp] as string;
  progress.unit ??= timeUnitOf(timestamp);
  point.timeUs = progress.unit === undefined ? Number.NaN : unixMicroseconds(timestamp, progress.unit);
  if (Number.isNaN(point.timeUs)) {
    const expected =
      progress.unit === undefined
        ? 'a Unix time or an RFC 3339 date'
        : `the first row's unit, ${progress.unit}`;
    return refuse('timestamp', JSON.stringify(timestamp), expected);
  }
  const value = fields[columns.value] as string;
  point.value = value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(point.value)) return refuse('metric_value', JSON.stringify(value), 'a number');
  point.metric = fields[columns.metric] as string;
  if (point.metric === '') return refuse('metric_name', 'nothing', 'the name of a metric');
  if (point.metric === 'http_req_duration' && point.value < 0)
    return refuse('metric_value', value, 'a duration');
  point.status = columns.status < 0 ? '' : (fields[columns.status] as string);
  if (point.status !== '' && !/^\d{1,3}$/.test(point.status)) {
    return refuse('status', JSON.stringify(point.status), 'an HTTP status');
  }
  point.expectedResponse = columns.expectedResponse < 0 ? '' : (fields[columns.expectedResponse] as string);
  if (point.metric === 'http_req_duration') fillTags(point, fields, columns);
  return true;
}

function fillTags(point: K6Point, fields: readonly string[], { tags, extraTags }: Columns): void {
  for (const tag of TAGS) point[tag] = tags[tag] < 0 ? '' : (fields[tags[tag]] as string);
  const extra = extraTags < 0 ? '' : (fields[extraTags] as string);
  // `a=1&instance=api-1`, unescaped, in any order.
  point.instance = extra === '' ? '' : (/(?:^|&)instance=([^&]*)/.exec(extra)?.[1] ?? '');
}
