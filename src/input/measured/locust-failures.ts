import { record } from '../../options/fields.js';
import { readTable } from '../csv-table.js';
import { locustRoute } from '../locust-columns.js';
import { labelOf, type MeasuredError, type MeasuredFormat } from '../measured.js';
import { openEnd } from '../text-lines.js';

const options = record({});

/** Locust's failures by route and cause. */
export const locustFailures: MeasuredFormat<typeof options> = {
  name: 'locust-failures',
  summary:
    'failures of a locust run by route and cause, as `locust --csv before` writes them to before_failures.csv',
  source: 'locust 2.42.0, locust/stats.py, StatsCSV',
  options,
  example: 'measured:\n  - { locust: [results/before_stats.csv, results/before_failures.csv] }',
  recognizes: (head) => /^\ufeff?Method,Name,Error,Occurrences/.test(head),
  async read(text, settings) {
    const errors: MeasuredError[] = [];
    const end = await readTable(text, ['Method', 'Name', 'Error', 'Occurrences'], (row) => {
      const count = row.number('Occurrences') ?? 0;
      errors.push({ route: locustRoute(row, 'Method'), error: row.text('Error'), count });
    });
    return {
      source: text.file,
      format: locustFailures.name,
      label: settings.label ?? labelOf(text.file.replace(/_failures\.csv/, '')),
      ...(settings.startMs === undefined ? {} : { startMs: settings.startMs }),
      durationSeconds: 0,
      metrics: {},
      vus: [],
      series: [],
      errors,
      ignored: openEnd(end),
    };
  },
};
