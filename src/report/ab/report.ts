import { goFixed } from '../k6/go-numbers.js';

/** One request as ApacheBench measures it, in whole microseconds. */
export interface AbRequest {
  /** Until the connection stood; 0 on a kept one. */
  readonly connectUs: number;
  /** From the sent request to the first byte of the answer. */
  readonly waitingUs: number;
  /** From the start of the connection to the last byte. */
  readonly totalUs: number;
}

/** What ApacheBench counts of a run. */
export interface AbRun {
  readonly serverSoftware: string;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
  /** Of the first answer's body, bytes; another length counts as failed. `undefined` with `-l`: it may vary. */
  readonly documentLength: number | undefined;
  readonly concurrency: number;
  readonly seconds: number;
  readonly failed: {
    readonly connect: number;
    readonly receive: number;
    readonly length: number;
    readonly exceptions: number;
  };
  readonly non2xx: number;
  /** `undefined` without `-k`. */
  readonly keepAlive: number | undefined;
  readonly transferredBytes: number;
  /** Bodies alone. */
  readonly htmlBytes: number;
  /** Those that were answered. */
  readonly requests: readonly AbRequest[];
}

const PERCENTAGES = [50, 66, 75, 80, 90, 95, 98, 99];
const US_PER_MS = 1000;

/** What `ab` prints at the end (ApacheBench 2.3, httpd 2.4, support/ab.c, output_results), from the two empty lines on. */
export function abReport(run: AbRun): string {
  const { requests } = run;
  const lines = ['', '', ...headLines(run), ...countLines(run)];
  if (requests.length > 0) lines.push('', ...timeLines(requests));
  if (requests.length > 1) lines.push('', ...percentageLines(requests));
  return `${lines.join('\n')}\n`;
}

function headLines(run: AbRun): string[] {
  return [
    row('Server Software', run.serverSoftware),
    row('Server Hostname', run.hostname),
    row('Server Port', String(run.port)),
    '',
    row('Document Path', run.path),
    row('Document Length', run.documentLength === undefined ? 'Variable' : `${run.documentLength} bytes`),
    '',
  ];
}

function row(name: string, value: string): string {
  return `${`${name}:`.padEnd(24)}${value}`;
}

function countLines(run: AbRun): string[] {
  const { connect, receive, length, exceptions } = run.failed;
  const failed = connect + receive + length + exceptions;
  const { seconds, concurrency, requests } = run;
  const done = requests.length;
  const causes = `   (Connect: ${connect}, Receive: ${receive}, Length: ${length}, Exceptions: ${exceptions})`;
  const lines = [
    row('Concurrency Level', String(concurrency)),
    row('Time taken for tests', `${goFixed(seconds, 3)} seconds`),
    row('Complete requests', String(done)),
    row('Failed requests', String(failed)),
    ...(failed === 0 ? [] : [causes]),
    ...(run.non2xx === 0 ? [] : [row('Non-2xx responses', String(run.non2xx))]),
    ...(run.keepAlive === undefined ? [] : [row('Keep-Alive requests', String(run.keepAlive))]),
    row('Total transferred', `${run.transferredBytes} bytes`),
    row('HTML transferred', `${run.htmlBytes} bytes`),
  ];
  if (!(seconds > 0) || done === 0) return lines;
  const mean = (seconds * 1000) / done;
  return [
    ...lines,
    row('Requests per second', `${goFixed(done / seconds, 2)} [#/sec] (mean)`),
    row('Time per request', `${goFixed((concurrency * seconds * 1000) / done, 3)} [ms] (mean)`),
    row('Time per request', `${goFixed(mean, 3)} [ms] (mean, across all concurrent requests)`),
    row('Transfer rate', `${goFixed(run.transferredBytes / 1024 / seconds, 2)} [Kbytes/sec] received`),
  ];
}

/** One row of the table of times, in ms. */
interface Spread {
  readonly min: number;
  readonly mean: number;
  /** Of a sample, n - 1; not rounded. */
  readonly deviation: number;
  readonly median: number;
  readonly max: number;
}

function timeLines(requests: readonly AbRequest[]): string[] {
  const rows = [
    ['Connect', 'the initial connection time', (request: AbRequest) => request.connectUs],
    ['Processing', 'the processing time', (request: AbRequest) => request.totalUs - request.connectUs],
    ['Waiting', 'the waiting time', (request: AbRequest) => request.waitingUs],
    ['Total', 'the total time', (request: AbRequest) => request.totalUs],
  ] as const;
  const spreads = rows.map(([name, what, value]) => ({ name, what, spread: spreadOf(requests.map(value)) }));
  return [
    'Connection Times (ms)',
    '              min  mean[+/-sd] median   max',
    ...spreads.map(({ name, spread }) => spreadLine(name, spread)),
    ...spreads.flatMap(({ what, spread }) => doubts(what, spread)),
  ];
}

function spreadLine(name: string, { min, mean, deviation, median, max }: Spread): string {
  const numbers = [String(min).padStart(5), String(mean).padStart(4), goFixed(deviation, 1).padStart(5)];
  return `${`${name}:`.padEnd(12)}${numbers.join(' ')} ${String(median).padStart(6)} ${String(max).padStart(7)}`;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const count = sorted.length;
  const mean = Math.trunc(sorted.reduce((sum, value) => sum + value, 0) / count);
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    min: roundMs(sorted[0]!),
    mean: roundMs(mean),
    deviation: count > 1 ? Math.sqrt(squares / (count - 1)) / US_PER_MS : 0,
    median: roundMs(medianOf(sorted)),
    max: roundMs(sorted[count - 1]!),
  };
}

/** ab takes the mean of two neighbours where the number is odd, and one value where it is even. */
function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 1 || sorted.length % 2 === 0) return sorted[middle]!;
  return Math.trunc((sorted[middle]! + sorted[middle + 1]!) / 2);
}

function roundMs(us: number): number {
  return Math.floor((us + US_PER_MS / 2) / US_PER_MS);
}

/** What ab says where mean and median lie far apart. */
function doubts(what: string, { mean, median, deviation }: Spread): string[] {
  const apart = Math.abs(mean - median);
  if (apart > 2 * deviation) {
    return [
      `ERROR: The median and mean for ${what} are more than twice the standard`,
      '       deviation apart. These results are NOT reliable.',
    ];
  }
  if (apart <= deviation) return [];
  return [
    `WARNING: The median and mean for ${what} are not within a normal deviation`,
    '        These results are probably not that reliable.',
  ];
}

function percentageLines(requests: readonly AbRequest[]): string[] {
  const sorted = requests.map(({ totalUs }) => totalUs).sort((left, right) => left - right);
  const at = (index: number) => String(roundMs(sorted[index]!)).padStart(5);
  return [
    'Percentage of the requests served within a certain time (ms)',
    ...PERCENTAGES.map((percent) => `  ${percent}%  ${at(Math.floor((sorted.length * percent) / 100))}`),
    ` 100%  ${at(sorted.length - 1)} (longest request)`,
  ];
}
