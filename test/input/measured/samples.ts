import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readMeasured } from '../../../src/input/read-measured.js';
import { chunks } from './chunks.js';

/** nginx's configuration as the logs were written by it. */
export const UPSTREAMS = `log_format upstreams '$remote_addr [$time_local] $msec "$request" $status '
                       '$request_time $upstream_addr $upstream_response_time $upstream_status';`;
export const JSON_LOG = `log_format json escape=json '{"time":"$time_iso8601","request":"$request","status":$status,"request_time":$request_time,"upstream":"$upstream_addr","upstream_time":"$upstream_response_time","agent":"$http_user_agent"}';`;

/** One real file. */
export interface SampleFile {
  readonly file: string;
  readonly format: string;
  /** Whether whole lines at its end can be missing without a trace, as in every file that grows line by line. */
  readonly rows: boolean;
  readonly logFormat?: string;
}

/** All of `samples/`. */
export const SAMPLES: readonly SampleFile[] = [
  { file: 'k6-points.csv.gz', format: 'k6-csv', rows: true },
  { file: 'k6-points.json.gz', format: 'k6-json', rows: true },
  { file: 'k6-summary.json', format: 'k6-summary', rows: false },
  { file: 'k6-data.json', format: 'k6-summary', rows: false },
  { file: 'k6-data-pretty.json', format: 'k6-summary', rows: false },
  { file: 'ab.txt', format: 'ab-text', rows: false },
  { file: 'ab-fail.txt', format: 'ab-text', rows: false },
  { file: 'ab-progress.txt', format: 'ab-text', rows: false },
  { file: 'ab.tsv', format: 'ab-tsv', rows: true },
  { file: 'before_stats.csv', format: 'locust-stats', rows: false },
  { file: 'before_stats_history.csv', format: 'locust-history', rows: true },
  { file: 'before_failures.csv', format: 'locust-failures', rows: true },
  { file: 'access-combined.txt', format: 'access-log', rows: true },
  { file: 'access-upstreams.txt', format: 'access-log', rows: true, logFormat: UPSTREAMS },
  { file: 'access-json.txt', format: 'access-log', rows: true, logFormat: JSON_LOG },
  { file: 'metrics.txt', format: 'prometheus-text', rows: true },
  { file: 'openmetrics.txt', format: 'prometheus-text', rows: true },
  { file: 'prometheus-matrix.json', format: 'prometheus', rows: false },
  { file: 'prometheus-raw.json', format: 'prometheus', rows: false },
  { file: 'prometheus-vector.json', format: 'prometheus', rows: false },
];

/** Its bytes, uncompressed. */
export function sampleBytes(file: string): Uint8Array {
  const bytes = readFileSync(new URL(`samples/${file}`, import.meta.url));
  // A copy: slices of a buffer of Node's are views of it.
  return new Uint8Array(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

/** Its text. */
export function sampleText(file: string): string {
  return new TextDecoder().decode(sampleBytes(file));
}

/** Reads the file, or other bytes in its place. */
export function readSample(
  { file, logFormat }: Pick<SampleFile, 'file' | 'logFormat'>,
  bytes: Uint8Array = sampleBytes(file),
  pieceBytes?: number,
) {
  return readMeasured(file, chunks(bytes, pieceBytes), logFormat === undefined ? {} : { logFormat });
}
