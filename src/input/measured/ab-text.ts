import type { MetricValues } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import { AbReport } from '../ab-report.js';
import { type Ignored, labelOf, type MeasuredFormat } from '../measured.js';
import { requestRoute } from '../request-route.js';
import { openEnd } from '../text-lines.js';

const options = record({});

/** What ApacheBench prints. */
export const abText: MeasuredFormat<typeof options> = {
  name: 'ab-text',
  summary: 'what ApacheBench prints (`ab -n 1000 -c 10 URL > before.txt`): counts, and times in whole ms',
  source: 'ApacheBench 2.3 (httpd 2.4.71), support/ab.c, output_results',
  options,
  example: 'measured:\n  - { ab: results/before.txt }',
  recognizes: (head) => /^\ufeff?\s*(This is ApacheBench, Version|Server Software: )/.test(head),
  async read(text, settings) {
    const report = new AbReport(text.file);
    const end = await report.read(text);
    const count = report.number('Complete requests');
    const durationSeconds = report.number('Time taken for tests');
    const failures = failuresOf(report, count);
    const ignored: Ignored[] = [...openEnd(end)];
    const duration = durationOf(report, count, ignored);
    if (failures.length > 0) {
      const what = 'answers of another length than the first one, which ab counts as failed and k6 does not';
      ignored.push({ what, count: failures.length });
    }
    const path = report.text('Document Path');
    return {
      source: text.file,
      format: abText.name,
      label: settings.label ?? labelOf(text.file),
      ...(settings.startMs === undefined ? {} : { startMs: settings.startMs }),
      durationSeconds,
      metrics: {
        http_reqs: { count, rate: durationSeconds > 0 ? count / durationSeconds : 0 },
        http_req_failed: {
          rate: count === 0 ? 0 : failures.failed / count,
          passes: failures.failed,
          fails: count - failures.failed,
        },
        ...duration,
      },
      vus: [{ atSeconds: 0, value: report.number('Concurrency Level') }],
      series: [],
      ...(report.errors.length > 0 && {
        errors: report.errors.map((error) => ({ ...error, route: requestRoute('', path) })),
      }),
      ignored,
    };
  },
};

/** What k6 would count as failed: no answer, or a status that is not 2xx (ab does not tell 3xx apart); never a length. */
function failuresOf(report: AbReport, count: number): { failed: number; length: number } {
  const [connect, receive, length, exceptions] = report.causes;
  const failed = report.number('Non-2xx responses', 0) + connect + receive + exceptions;
  return { failed: Math.min(failed, count), length };
}

/** ab's rows of times under k6's names. Its percentiles are of the total, connecting included. */
function durationOf(report: AbReport, count: number, ignored: Ignored[]): Record<string, MetricValues> {
  const { connect, processing, waiting } = report.times;
  if (processing === undefined) return {};
  const percentiles: Record<string, number> = {};
  for (const percent of [90, 95, 99]) {
    const value = report.percentiles.get(percent);
    if (value !== undefined) percentiles[`p(${percent})`] = value;
  }
  if ((connect?.max ?? 0) > 0 && Object.keys(percentiles).length > 0) {
    const what = `that percentiles of ab have connecting in them (here up to ${connect?.max} ms), which k6's have not`;
    ignored.push({ what, count: Object.keys(percentiles).length });
  }
  return {
    http_req_duration: { ...processing, ...percentiles, count },
    ...(connect && { http_req_connecting: { ...connect, count } }),
    ...(waiting && { http_req_waiting: { ...waiting, count } }),
  };
}
