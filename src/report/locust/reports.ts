import {
  type LocustEntry,
  type LocustSummary,
  locustMedian,
  locustPercentile,
  roundResponseTime,
} from '../../metrics/locust-stats.js';
import { goFixed } from '../k6/go-numbers.js';
import { csvField, pythonFloat } from './python.js';

/** The percentiles of all reports (locust/stats.py, PERCENTILES_TO_REPORT), and how they are headed. */
const PERCENTILES = [
  [0.5, '50%'],
  [0.66, '66%'],
  [0.75, '75%'],
  [0.8, '80%'],
  [0.9, '90%'],
  [0.95, '95%'],
  [0.98, '98%'],
  [0.99, '99%'],
  [0.999, '99.9%'],
  [0.9999, '99.99%'],
  [1, '100%'],
] as const;

const COLUMNS = [
  'Type',
  'Name',
  'Request Count',
  'Failure Count',
  'Median Response Time',
  'Average Response Time',
  'Min Response Time',
  'Max Response Time',
  'Average Content Size',
  'Requests/s',
  'Failures/s',
];

const TYPE_WIDTH = 8;
/** Where locust writes to no terminal. */
const NAME_WIDTH = 80;
/** The table of statistics has narrower columns, and leaves the room to the name. */
const TABLE_NAME_WIDTH = NAME_WIDTH - TYPE_WIDTH + 4;

/**
 * The file `PREFIX_stats.csv` of `locust --csv PREFIX` (locust 2.42, locust/stats.py, StatsCSV): lines end in CR LF. Response times
 * are floats, as locust measures them.
 */
export function locustStatsCsv(summary: LocustSummary): string {
  const header = [...COLUMNS, ...PERCENTILES.map(([, heading]) => heading)];
  const rows = [...summary.entries, summary.total].map((entry) => csvRow(entry, summary.seconds));
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function csvRow(entry: LocustEntry, seconds: number): string[] {
  const { requests, failures } = entry;
  return [
    csvField(entry.method),
    csvField(entry.name),
    String(requests),
    String(failures),
    medianText(entry),
    pythonFloat(requests === 0 ? 0 : entry.responseTimeTotal / requests),
    requests === 0 || entry.responseTimeMin === 0 ? '0' : pythonFloat(entry.responseTimeMin),
    requests === 0 ? '0' : pythonFloat(entry.responseTimeMax),
    requests === 0 ? '0' : pythonFloat(entry.contentLengthTotal / requests),
    pythonFloat(seconds === 0 ? 0 : requests / seconds),
    pythonFloat(seconds === 0 ? 0 : failures / seconds),
    ...PERCENTILES.map(([ratio]) => (requests === 0 ? 'N/A' : String(locustPercentile(entry, ratio)))),
  ];
}

/** Python rounds a float to a whole number as an int, but to tens as a float; and the extremes are exact. */
function medianText(entry: LocustEntry): string {
  const median = locustMedian(entry);
  const isBucket = median === roundResponseTime(median) && entry.responseTimes.has(median);
  return isBucket && median < 100 ? String(median) : median === 0 ? '0' : pythonFloat(median);
}

/** The table of statistics that locust prints at the end: one line each (locust/stats.py, get_stats_summary). */
export function locustTable(summary: LocustSummary): string[] {
  const heading = ['Avg', 'Min', 'Max'].map((word) => word.padStart(7));
  const head = `${'Type'.padEnd(TYPE_WIDTH)} ${'Name'.padEnd(TABLE_NAME_WIDTH)} ${'# reqs'.padStart(7)} ${'# fails'.padStart(12)}`;
  const separator = [TYPE_WIDTH, TABLE_NAME_WIDTH, 7, 13, 7, 7, 7, 7, 8, 11]
    .map((width) => '-'.repeat(width))
    .join('|');
  return [
    `${head} |${heading.join(' ')}${'Med'.padStart(7)} | ${'req/s'.padStart(7)} ${'failures/s'.padStart(11)}`,
    separator,
    ...summary.entries.map((entry) => tableRow(entry, summary.seconds)),
    separator,
    tableRow(summary.total, summary.seconds),
  ];
}

function tableRow(entry: LocustEntry, seconds: number): string {
  const { method, name, requests, failures } = entry;
  const percent = goFixed(requests === 0 ? 0 : (failures / requests) * 100, 2);
  const average = requests === 0 ? 0 : entry.responseTimeTotal / requests;
  const times = [average, entry.responseTimeMin, entry.responseTimeMax].map((ms) =>
    String(Math.trunc(ms)).padStart(7),
  );
  const median = String(Math.trunc(locustMedian(entry))).padStart(7);
  const rate = (count: number) => goFixed(seconds === 0 ? 0 : count / seconds, 2);
  const type = (method === '' ? '' : `${method} `).padEnd(TYPE_WIDTH);
  return `${type} ${name.padEnd(TABLE_NAME_WIDTH)} ${String(requests).padStart(7)} ${`${failures}(${percent}%)`.padStart(12)} |${times.join(' ')}${median} | ${rate(requests).padStart(7)} ${rate(failures).padStart(11)}`;
}

/** The table of percentiles that follows (locust/stats.py, get_percentile_stats_summary). */
export function locustPercentileTable(summary: LocustSummary): string[] {
  const [first, ...others] = [...PERCENTILES.map(([, heading]) => heading), '# reqs'];
  const separator = [TYPE_WIDTH, NAME_WIDTH, 8, ...PERCENTILES.map(() => 6)]
    .map((width) => '-'.repeat(width))
    .join('|');
  const row = (type: string, name: string, cells: readonly string[]) => {
    const [head, ...rest] = cells as [string, ...string[]];
    const numbers = rest.map((cell) => cell.padStart(6)).join(' ');
    return `${type.padEnd(TYPE_WIDTH)} ${name.padEnd(NAME_WIDTH)} ${head.padStart(8)} ${numbers}`;
  };
  const rowOf = (entry: LocustEntry) => {
    const cells = PERCENTILES.map(([ratio]) => String(locustPercentile(entry, ratio)));
    return row(entry.method, entry.name, [...cells, String(entry.requests)]);
  };
  return [
    'Response time percentiles (approximated)',
    row('Type', 'Name', [first!, ...others]),
    separator,
    ...summary.entries.filter(({ requests }) => requests > 0).map(rowOf),
    separator,
    ...(summary.total.requests > 0 ? [rowOf(summary.total)] : []),
  ];
}
