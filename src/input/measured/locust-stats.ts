import type { MetricValues } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import { readTable, type TableRow } from '../csv-table.js';
import { InputError } from '../error.js';
import { locustRoute, locustTrend } from '../locust-columns.js';
import { type Ignored, labelOf, type MeasuredFormat } from '../measured.js';
import { openEnd } from '../text-lines.js';

const options = record({});

/** Locust's statistics at the end of a run: in total, and of every route. */
export const locustStats: MeasuredFormat<typeof options> = {
  name: 'locust-stats',
  summary:
    'statistics of a locust run, in total and by route, as `locust --csv before` writes them to before_stats.csv',
  source: 'locust 2.42.0, locust/stats.py, StatsCSV',
  options,
  example: 'measured:\n  - { locust: [results/before_stats.csv, results/before_stats_history.csv] }',
  recognizes: (head) => /^\ufeff?Type,Name,Request Count,/.test(head),
  async read(text, settings) {
    const metrics: Record<string, MetricValues> = {};
    const ignored: Ignored[] = [];
    let total: MetricValues | undefined;
    const end = await readTable(text, REQUIRED, (row) => {
      const isTotal = row.text('Type') === '' && row.text('Name') === 'Aggregated';
      const route = locustRoute(row);
      const suffix = isTotal ? '' : `{name:${route}}`;
      const http = statisticsOf(row);
      if (isTotal) total = http.http_reqs;
      for (const [name, values] of Object.entries(http)) metrics[`${name}${suffix}`] = values;
    });
    if (total === undefined) {
      const got = `no row "Aggregated" in ${end.lines} lines`;
      throw new InputError([
        { file: text.file, line: end.lines, column: 1, path: '', got, expected: 'it, as the last one' },
      ]);
    }
    const { count = 0, rate = 0 } = total;
    ignored.push(...openEnd(end));
    return {
      source: text.file,
      format: locustStats.name,
      label: settings.label ?? labelOf(text.file.replace(/_stats\.csv/, '')),
      ...(settings.startMs === undefined ? {} : { startMs: settings.startMs }),
      // Locust divides by the time up to the last request.
      durationSeconds: rate > 0 ? count / rate : 0,
      metrics,
      vus: [],
      series: [],
      ignored,
    };
  },
};

const REQUIRED = ['Type', 'Name', 'Request Count', 'Failure Count', 'Average Response Time', 'Requests/s'];

/** Under k6's names. A route without requests has no times. */
function statisticsOf(row: TableRow): Record<string, MetricValues> {
  const count = row.number('Request Count') ?? 0;
  const failures = row.number('Failure Count') ?? 0;
  const duration = locustTrend(row, { prefix: '', count });
  return {
    http_reqs: { count, rate: row.number('Requests/s') ?? 0 },
    http_req_failed: { rate: count === 0 ? 0 : failures / count, passes: failures, fails: count - failures },
    ...(count > 0 && { http_req_duration: duration }),
  };
}
