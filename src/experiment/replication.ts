import type { Experiment } from '../input/experiment.js';
import { NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { Recorder } from '../metrics/recorder.js';
import { evaluateThreshold } from '../metrics/threshold.js';
import { executors } from '../model/load-generator.js';
import { plannedNs } from './planned-time.js';

/** k6 looks at thresholds with `abortOnFail` every two seconds. */
export const THRESHOLDS_EVERY_NS = 2 * NS_PER_SECOND;

/** One replication under way. */
export interface ReplicationRun {
  readonly seed: string;
  /** Length that the load plans, graceful stops left out, simulated seconds. */
  readonly plannedSeconds: number;
  readonly events: number;
  readonly fingerprint: string;
  /** Runs on to so many simulated seconds; false when the test has ended. */
  runUntil(seconds: number): boolean;
  /** Runs on for so many events; false when the test has ended. */
  runEvents(count: number): boolean;
  readonly nowSeconds: number;
  /** Everything it recorded. Call once, after `runUntil` returned false. */
  finish(): ReplicationRecord;
}

/** True where a threshold with `abortOnFail` fails now; metrics without a sample are not asked (k6, metrics engine). */
export function mustAbort(experiment: Experiment, recorder: Recorder, nowNs: number): boolean {
  return experiment.thresholds.some(({ selector, thresholds }) => {
    const record = recorder.metricRecord(selector.name);
    if (record === undefined || (record.type === 'trend' && record.values.count === 0)) return false;
    const measured = [{ record, durationSeconds: toSeconds(nowNs) }];
    return thresholds.some(
      (threshold) =>
        threshold.abortOnFail &&
        (threshold.delayAbortEvalNs === 0 || threshold.delayAbortEvalNs < nowNs) &&
        !evaluateThreshold(threshold, measured).ok,
    );
  });
}

/** When the last scenario's plan is over. */
export function plannedSeconds(experiment: Experiment): number {
  let endNs = 0;
  for (const { executor, options } of experiment.scenarios) {
    const startNs = (options as { startTime: number }).startTime;
    endNs = Math.max(endNs, startNs + plannedNs({ plug: executors.get(executor), options }));
  }
  return toSeconds(endNs);
}
