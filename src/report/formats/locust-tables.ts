import { locustSummary } from '../../metrics/generator.js';
import { record } from '../../options/fields.js';
import type { FormatPlug } from '../format.js';
import { filesOf, generatorRuns } from '../generator-files.js';
import { locustPercentileTable, locustTable } from '../locust/reports.js';

/** The tables that locust prints at its end. */
export const locustTables: FormatPlug = {
  name: 'locust-tables',
  summary: 'the tables that `locust --headless` prints at its end, of the same runs as `locust-stats`',
  source: 'locust 2.42.0, locust/stats.py, get_stats_summary and get_percentile_stats_summary',
  options: record({}),
  example: 'sim plot results/multi-magasins-locust/result.json --format locust-tables',
  extension: 'txt',
  render: async (result) =>
    filesOf(generatorRuns(result, 'locust'), {
      suffix: '_stats.txt',
      content: (run) => {
        const summary = locustSummary(run);
        return `${[...locustTable(summary), '', ...locustPercentileTable(summary)].join('\n')}\n`;
      },
    }),
};
