import { record } from '../../options/fields.js';
import { labelOf, type MeasuredFormat } from '../measured.js';
import { parseAnswer, seriesRun } from '../prometheus-answer.js';
import { wholeText } from '../text-lines.js';

const options = record({});

/** An answer of Prometheus to `query_range` or `query`: the servers' own counters and gauges. */
export const prometheus: MeasuredFormat<typeof options> = {
  name: 'prometheus',
  summary:
    'an answer of Prometheus to `/api/v1/query_range` or `/api/v1/query`, as `curl` saves it; plain or gzip, at most 32 MB',
  source: 'Prometheus HTTP API v1, range and instant queries (2.42)',
  options,
  example: 'measured:\n  - { prometheus: results/measured/n2-stages100-a/prom-requests.json.gz }',
  recognizes: (head) => /^\ufeff?\s*\{\s*"status"\s*:\s*"(success|error)"/.test(head),
  async read(text, settings) {
    const { series, ignored } = parseAnswer(text.file, await wholeText(text));
    const label = settings.label ?? labelOf(text.file);
    const run = { source: text.file, format: prometheus.name, label, ignored };
    return seriesRun(series, { ...run, startMs: settings.startMs });
  },
};
