import type { MeasuredRun } from '../input/measured.js';
import { UsageError } from './failure.js';
import { fetchMeasured } from './prometheus-client.js';

/** Without these the CPU per request is not known. */
const NEEDED = ['process_cpu_seconds_total', 'http_requests_total'];
/** What saved answers beside a run hold, and what tells whether a target was there. */
const QUERIES = [
  ...NEEDED,
  'http_request_duration_seconds_bucket',
  'http_request_duration_seconds_sum',
  'http_request_duration_seconds_count',
  'up',
];
/** The lab's saved answers have it; Prometheus' view of a run looks for values up to so old. */
const STEP_SECONDS = 5;

/**
 * Asks a running Prometheus for what its saved answers would hold: the counters of the instances from the start of a run to the first
 * step after its end.
 *
 * @param address `http://localhost:9090`
 * @param run on its own clock.
 * @throws UsageError where the run does not tell when it was, or Prometheus has nothing of that time; InputError where it does not answer.
 */
export async function askPrometheus(address: string, run: MeasuredRun): Promise<MeasuredRun> {
  const { source, startMs, durationSeconds } = run;
  if (startMs === undefined || !(durationSeconds > 0)) {
    throw new UsageError(
      `${source} does not tell from when to when it ran, so that ${address} cannot be asked about it`,
      "measure with k6's --out csv= or --out json=, or name saved answers under `prometheus:`",
    );
  }
  // Prometheus keeps times in ms.
  const start = Math.floor(startMs) / 1000;
  const end = start + durationSeconds + STEP_SECONDS;
  const answered = await fetchMeasured(address, { start, end, step: STEP_SECONDS, queries: QUERIES });
  const missing = NEEDED.filter((name) => !answered.series.some(({ metric }) => metric === name));
  if (missing.length > 0) {
    throw new UsageError(
      `Prometheus at ${address} has no ${missing.join(' and no ')} from Unix time ${start} to ${end}, when ${source} was measured`,
      'is it the Prometheus that scraped the instances then, and does it still keep that time?',
    );
  }
  return answered;
}
