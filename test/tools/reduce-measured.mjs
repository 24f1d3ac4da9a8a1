#!/usr/bin/env node
/**
 * Copies real runs into `results/measured`, small enough for a repository: `node test/tools/reduce-measured.mjs SOURCE [RUN...]`,
 * where SOURCE is a folder with one folder per run, as the lab's `case.sh` leaves them.
 *
 * Of the samples only the rows that a comparison reads are kept, byte for byte, so that the result is still k6's own CSV and
 * their statistics are still those of the run's summary.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const KEPT_METRICS = new Set([
  'http_reqs',
  'http_req_duration',
  'http_req_failed',
  'iterations',
  'dropped_iterations',
  'vus',
  'vus_max',
]);
const COPIED_FILES = ['case.json', 'script.js', 'nginx.conf', 'k6.txt', 'summary.json', 'cpu.stat'];
/** Prometheus' answers that tell who served how much, and for how much CPU. */
const COPIED_ANSWERS = ['prom-requests.json.gz', 'prom-cpu.json.gz', 'prom-bucket.json.gz'];

const [source, ...wanted] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: node test/tools/reduce-measured.mjs SOURCE [RUN...]');
  process.exit(104);
}
const target = new URL('../../results/measured/', import.meta.url).pathname;
const runs =
  wanted.length > 0
    ? wanted
    : readdirSync(source).filter((run) => existsSync(join(source, run, 'case.json')));
for (const run of runs.sort()) {
  const from = join(source, run);
  const to = join(target, run);
  mkdirSync(to, { recursive: true });
  for (const file of COPIED_FILES) copyFile(join(from, file), join(to, file));
  for (const file of COPIED_ANSWERS) copyAnswer(join(from, file), join(to, file));
  const points = reduced(gunzipSync(readFileSync(join(from, 'points.csv.gz'))).toString('utf8'));
  writeFileSync(join(to, 'points.csv.gz'), compressed(points));
  console.log(`${run}: ${compressed(points).length} bytes of samples`);
}

function reduced(text) {
  const [header, ...rows] = text.split('\n');
  const kept = rows.filter((row) => KEPT_METRICS.has(row.slice(0, row.indexOf(','))));
  return `${[header, ...kept].join('\n')}\n`;
}

/** Contents only: a copy would take over a read-only mode. */
function copyFile(from, to) {
  if (existsSync(from)) writeFileSync(to, readFileSync(from));
}

/** An answer of a run during which Prometheus saw nothing is empty. */
function copyAnswer(from, to) {
  if (!existsSync(from)) return;
  const answer = gunzipSync(readFileSync(from));
  if (answer.length > 0) writeFileSync(to, compressed(answer));
}

/** zlib writes no time into the header, so that the same rows give the same bytes. */
function compressed(data) {
  return gzipSync(data, { level: constants.Z_BEST_COMPRESSION });
}
