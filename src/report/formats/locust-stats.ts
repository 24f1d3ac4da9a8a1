import { locustSummary } from '../../metrics/generator.js';
import { record } from '../../options/fields.js';
import type { FormatPlug } from '../format.js';
import { filesOf, generatorRuns } from '../generator-files.js';
import { locustStatsCsv } from '../locust/reports.js';

/** Locust's statistics, of every variant that a `locust` executor loaded. */
export const locustStats: FormatPlug = {
  name: 'locust-stats',
  summary: "locust's `--csv` statistics, of the first replication of every variant with a `locust` executor",
  source: 'locust 2.42.0, locust/stats.py, StatsCSV',
  options: record({}),
  example: 'sim plot results/multi-magasins-locust/result.json --format locust-stats',
  extension: 'csv',
  render: async (result) =>
    filesOf(generatorRuns(result, 'locust'), {
      suffix: '_stats.csv',
      content: (run) => locustStatsCsv(locustSummary(run)),
    }),
};
