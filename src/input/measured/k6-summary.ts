import type { MetricValues } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import { InputError } from '../error.js';
import { isJsonObject, parseJsonDocument } from '../json-document.js';
import { type Ignored, labelOf, type MeasuredFormat, type MeasuredRun } from '../measured.js';
import { wholeText } from '../text-lines.js';

const options = record({});

/** k6's end-of-test summary: `--summary-export`, or the `data` of `handleSummary` written as JSON. */
export const k6Summary: MeasuredFormat<typeof options> = {
  name: 'k6-summary',
  summary: 'the summary of a k6 run, as `k6 run --summary-export summary.json` or `handleSummary` writes it',
  source: 'k6 v1.8.1, internal/js/summary-wrapper.js (oldJSONSummary) and internal/js/summary.go',
  options,
  example: 'measured:\n  - { summary: results/measured/n1-steady-a/summary.json }',
  recognizes: (head) =>
    /^\ufeff?\s*\{\s*"/.test(head) && /"(metrics|root_group|setup_data|options|state)"\s*:/.test(head),
  async read(text, settings) {
    const document = parse(await wholeText(text), text.file);
    const metrics: Record<string, MetricValues> = {};
    const ignored: Ignored[] = [];
    for (const name of Object.keys(document.metrics).sort()) {
      const values = statisticsOf(document.metrics[name]);
      if (values === undefined)
        ignored.push({ what: `metric ${name}, which has no statistics k6 knows`, count: 1 });
      else metrics[name] = values;
    }
    const run: MeasuredRun = {
      source: text.file,
      format: k6Summary.name,
      label: settings.label ?? labelOf(text.file),
      ...(settings.startMs === undefined ? {} : { startMs: settings.startMs }),
      durationSeconds: durationOf(metrics, document.durationMs),
      metrics,
      vus: [],
      series: [],
      ignored,
    };
    return run;
  },
};

interface SummaryDocument {
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Only `handleSummary` has it. */
  readonly durationMs: number | undefined;
}

function parse(text: string, file: string): SummaryDocument {
  const expected = "k6's summary: an object with `metrics`";
  const value = parseJsonDocument(file, text, expected);
  if (!isJsonObject(value) || !isJsonObject(value.metrics)) {
    throw new InputError([{ file, line: 1, column: 1, path: '', got: 'JSON without it', expected }]);
  }
  const state = isJsonObject(value.state) ? value.state.testRunDurationMs : undefined;
  return { metrics: value.metrics, durationMs: typeof state === 'number' ? state : undefined };
}

/** The numbers of a metric; a rate's `value` becomes `rate`, as every other of k6's outputs calls it. */
function statisticsOf(metric: unknown): MetricValues | undefined {
  if (!isJsonObject(metric)) return undefined;
  const values = isJsonObject(metric.values) ? metric.values : metric;
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) if (typeof value === 'number') numbers[name] = value;
  if (Object.keys(numbers).length === 0) return undefined;
  if (!('passes' in numbers)) return numbers;
  const { value, rate, ...others } = numbers;
  return { rate: rate ?? value ?? 0, ...others };
}

/** The summary does not tell how long the run was, but a counter's rate does: k6 divides by the run's duration. */
function durationOf(metrics: Readonly<Record<string, MetricValues>>, durationMs: number | undefined): number {
  if (durationMs !== undefined) return durationMs / 1000;
  for (const name of ['http_reqs', 'iterations', 'data_sent', 'data_received']) {
    const { count, rate } = metrics[name] ?? {};
    if (count !== undefined && rate !== undefined && rate > 0) return count / rate;
  }
  return 0;
}
