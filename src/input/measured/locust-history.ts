import type { MetricValues } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import { readTable, type TableRow } from '../csv-table.js';
import { locustRoute, locustTrend } from '../locust-columns.js';
import { labelOf, type MeasuredFormat, type MeasuredSeries, type TimedValue } from '../measured.js';
import { openEnd, withoutRows } from '../text-lines.js';

const options = record({});

/** Locust's statistics about once a second: users, counts so far, and percentiles. */
export const locustHistory: MeasuredFormat<typeof options> = {
  name: 'locust-history',
  summary:
    'the course of a locust run, about once a second, as `locust --csv before` writes it to before_stats_history.csv',
  source: 'locust 2.42.0, locust/stats.py, StatsCSVFileWriter',
  options,
  example: 'measured:\n  - { locust: [results/before_stats.csv, results/before_stats_history.csv] }',
  recognizes: (head) => /^\ufeff?Timestamp,User Count,Type,Name,/.test(head),
  async read(text, settings) {
    const history = new History();
    const end = await readTable(text, REQUIRED, (row) => history.add(row));
    if (history.rows === 0) throw withoutRows(text.file);
    const startSeconds = settings.startMs === undefined ? history.firstSeconds : settings.startMs / 1000;
    const durationSeconds = Math.max(0, history.lastSeconds - startSeconds);
    return {
      source: text.file,
      format: locustHistory.name,
      label: settings.label ?? labelOf(text.file.replace(/_stats_history\.csv/, '')),
      startMs: startSeconds * 1000,
      durationSeconds,
      metrics: history.metrics(durationSeconds),
      vus: shifted(history.users, startSeconds),
      series: history.series(startSeconds),
      ignored: [
        { what: 'fractions of a second: the timestamps are whole seconds', count: history.rows },
        ...openEnd(end),
      ],
    };
  },
};

const REQUIRED = ['Timestamp', 'User Count', 'Type', 'Name', 'Total Request Count', 'Total Failure Count'];
/** What is kept as series, under the names of their columns. */
const SERIES = [
  'Requests/s',
  'Failures/s',
  '50%',
  '90%',
  '95%',
  '99%',
  'Total Request Count',
  'Total Failure Count',
];

class History {
  readonly users: TimedValue[] = [];
  firstSeconds = Number.POSITIVE_INFINITY;
  lastSeconds = Number.NEGATIVE_INFINITY;
  rows = 0;
  private readonly bySeries = new Map<string, MeasuredSeries & { readonly points: TimedValue[] }>();
  private last: { count: number; failures: number; duration: MetricValues } | undefined;

  add(row: TableRow): void {
    const seconds = row.number('Timestamp') ?? 0;
    this.rows += 1;
    this.firstSeconds = Math.min(this.firstSeconds, seconds);
    this.lastSeconds = Math.max(this.lastSeconds, seconds);
    const isTotal = row.text('Type') === '' && row.text('Name') === 'Aggregated';
    const route = isTotal ? '' : locustRoute(row);
    for (const column of SERIES) {
      const value = row.number(column);
      if (value !== undefined) this.push(column, route, { atSeconds: seconds, value });
    }
    if (!isTotal) return;
    this.users.push({ atSeconds: seconds, value: row.number('User Count') ?? 0 });
    const count = row.number('Total Request Count') ?? 0;
    const duration = locustTrend(row, { prefix: 'Total ', count });
    this.last = { count, failures: row.number('Total Failure Count') ?? 0, duration };
  }

  /** Of the last row: counts and times are those of the whole run up to it. */
  metrics(durationSeconds: number): Record<string, MetricValues> {
    if (this.last === undefined) return {};
    const { count, failures, duration } = this.last;
    return {
      http_reqs: { count, rate: durationSeconds > 0 ? count / durationSeconds : 0 },
      http_req_failed: {
        rate: count === 0 ? 0 : failures / count,
        passes: failures,
        fails: count - failures,
      },
      ...(count > 0 && { http_req_duration: duration }),
    };
  }

  series(startSeconds: number): MeasuredSeries[] {
    return [...this.bySeries.values()].map((series) => ({
      ...series,
      points: shifted(series.points, startSeconds),
    }));
  }

  private push(metric: string, route: string, point: TimedValue): void {
    const key = `${metric}\u0000${route}`;
    let series = this.bySeries.get(key);
    if (series === undefined) {
      series = { metric, labels: route === '' ? {} : { name: route }, points: [] };
      this.bySeries.set(key, series);
    }
    series.points.push(point);
  }
}

function shifted(points: readonly TimedValue[], startSeconds: number): TimedValue[] {
  return points.map(({ atSeconds, value }) => ({ atSeconds: atSeconds - startSeconds, value }));
}
