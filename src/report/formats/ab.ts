import type { AbRecord } from '../../metrics/generator.js';
import { record } from '../../options/fields.js';
import { type AbRun, abReport } from '../ab/report.js';
import type { FormatPlug } from '../format.js';
import { filesOf, generatorRuns } from '../generator-files.js';

/** What ApacheBench prints, of every variant that an `ab` executor loaded. */
export const ab: FormatPlug = {
  name: 'ab',
  summary:
    'the report that ApacheBench prints, of the first replication of every variant with an `ab` executor',
  source: 'ApacheBench 2.3 (httpd 2.4), support/ab.c, output_results',
  options: record({}),
  example: 'sim plot results/multi-magasins-ab-cache/result.json --format ab',
  extension: 'txt',
  render: async (result) =>
    filesOf(generatorRuns(result, 'ab'), { suffix: '.txt', content: (run) => abReport(abRunOf(run)) }),
};

/** The record as the report takes it. */
function abRunOf(run: AbRecord): AbRun {
  const { head, seconds, non2xx, kept, transferredBytes, htmlBytes, documentLength } = run;
  const { serverSoftware, hostname, port, path, concurrency } = head;
  return {
    serverSoftware,
    hostname,
    port,
    path,
    documentLength: head.variableLength ? undefined : documentLength,
    concurrency,
    seconds,
    failed: { connect: 0, receive: run.receiveErrors, length: run.lengthErrors, exceptions: 0 },
    non2xx,
    keepAlive: head.keepAlive ? kept : undefined,
    transferredBytes,
    htmlBytes,
    requests: run.requests.map(([connectUs, waitingUs, totalUs]) => ({ connectUs, waitingUs, totalUs })),
  };
}
