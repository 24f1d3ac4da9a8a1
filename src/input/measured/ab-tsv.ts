import { record } from '../../options/fields.js';
import type { MeasuredFormat } from '../measured.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from '../row-mistakes.js';
import { blankSample, SampleTable } from '../sample-table.js';
import { sampledRun } from '../sampled-run.js';
import { forEachLine, openEnd, withoutRows } from '../text-lines.js';
import { addToTrend, newTrend, trendStatistics } from '../trend.js';

const options = record({});

/** Every request of ApacheBench, sorted by its length. */
export const abTsv: MeasuredFormat<typeof options> = {
  name: 'ab-tsv',
  summary:
    'every request of ApacheBench, as `ab -g before.tsv` writes them: in whole ms, without statuses; plain or gzip',
  source: 'ApacheBench 2.3 (httpd 2.4.71), support/ab.c, output_results (gnuplot)',
  options,
  example: 'measured:\n  - { ab: results/before.tsv }',
  recognizes: (head) => /^\ufeff?starttime\tseconds\tctime\tdtime\tttime\twait\r?\n/.test(head),
  async read(text, settings) {
    const mistakes: RowMistakes = { file: text.file, found: [] };
    const table = new SampleTable();
    const trends = {
      http_req_connecting: newTrend(),
      http_req_duration: newTrend(),
      http_req_waiting: newTrend(),
    };
    const sample = blankSample();
    let firstUs = Number.POSITIVE_INFINITY;
    let lastUs = Number.NEGATIVE_INFINITY;
    const end = await forEachLine(text, (line, number) => {
      if (number === 1 || line === '') return;
      const row = ROW.exec(line);
      if (row === null) {
        const expected = "six columns as ab's header has them, times as whole numbers";
        addRowMistake(
          mistakes,
          { line: number, text: line },
          { path: '', got: JSON.stringify(line), expected },
        );
        return;
      }
      const [seconds, connecting, duration, total, waiting] = row.slice(1).map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      sample.endUs = seconds * 1e6 + total * 1000;
      sample.durationMs = duration;
      table.add(sample);
      addToTrend(trends.http_req_connecting, connecting);
      addToTrend(trends.http_req_duration, duration);
      addToTrend(trends.http_req_waiting, waiting);
      firstUs = Math.min(firstUs, seconds * 1e6);
      lastUs = Math.max(lastUs, sample.endUs);
    });
    throwRowMistakes(mistakes);
    if (table.count === 0) throw withoutRows(text.file);
    const run = sampledRun({ file: text.file, format: abTsv.name }, table, { firstUs, lastUs }, settings);
    return {
      ...run,
      metrics: {
        ...run.metrics,
        ...Object.fromEntries(Object.entries(trends).map(([name, trend]) => [name, trendStatistics(trend)])),
      },
      ignored: [
        { what: 'statuses and failures, which ab does not write to this file', count: table.count },
        { what: 'fractions of a second of the starts: they are whole seconds', count: table.count },
        ...table.ignored(),
        ...openEnd(end),
      ],
    };
  },
};

/** A date in words, Unix seconds, then ctime, dtime, ttime and wait in ms. */
const ROW = /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\t(\d+)\t(-?\d+)\t(-?\d+)\t(-?\d+)\t(-?\d+)$/;
