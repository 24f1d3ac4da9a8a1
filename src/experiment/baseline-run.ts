import type { Experiment } from '../input/experiment.js';
import type { MeasuredRun } from '../input/measured.js';
import { cpusOf, type Model } from '../input/model-file.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { BaselineRun, LoadPoint } from './baselines.js';
import { bucketsOf } from './measured-window.js';
import { cpuPerRequest, cpuTargets, frontServices, measuredCpuUse } from './own-cpu.js';
import { measuredWindow } from './window.js';

/** A take, and the `instance` labels of its instances. */
interface MeasuredTake {
  readonly run: MeasuredRun;
  readonly targets: readonly string[] | undefined;
}

/** Length of a part of a run's time: some fifteen parts of the lab's runs. */
const SECONDS_PER_POINT = 5;

/**
 * What a formula may know of a run: its load, its quotas, and what its takes showed. The load's pauses and the names of its requests
 * are read off a prediction, which has them from the same script.
 */
export function baselineRun(
  experiment: Experiment,
  takes: readonly MeasuredTake[],
  records: readonly ReplicationRecord[],
): BaselineRun | undefined {
  const [record] = records;
  const iterations = record?.metrics.iteration_duration;
  const requests = record?.metrics.http_req_duration;
  if (iterations?.type !== 'trend' || requests?.type !== 'trend' || iterations.values.count === 0)
    return undefined;
  const cores = coresOf(experiment.model);
  const { count } = iterations.values;
  const cpu = takes.flatMap(({ run, targets }) => {
    const use = measuredCpuUse(run.series, targets ?? cpuTargets(run.series, cores.length));
    return use === undefined ? [] : [cpuPerRequest(use)];
  });
  return {
    routes: Object.keys(record?.detail?.routes ?? {}).join(' '),
    cores,
    openRate: openRateOf(experiment),
    thinkSeconds: Math.max(0, iterations.values.sum - requests.values.sum) / count / 1000,
    requestsPerIteration: requests.values.count / count,
    secondsPerPoint: SECONDS_PER_POINT,
    points: takes.flatMap(({ run }) => pointsOf(run)),
    cpuSeconds: cpu.length === 0 ? undefined : cpu.reduce((sum, value) => sum + value, 0) / cpu.length,
  };
}

function coresOf(model: Model): number[] {
  return frontServices(model).flatMap((name) => {
    const service = model.services[name]!;
    return Array.from({ length: service.replicas }, (_, index) => cpusOf(service, index) ?? 1);
  });
}

/** Requests per second of a load that does not wait; one request per iteration is assumed. */
function openRateOf({ scenarios }: Experiment): number | undefined {
  const [scenario] = scenarios;
  if (scenario?.executor !== 'constant-arrival-rate') return undefined;
  const { rate, timeUnit } = scenario.options as { readonly rate: number; readonly timeUnit: number };
  return rate / (timeUnit / 1e9);
}

function pointsOf(run: MeasuredRun): LoadPoint[] {
  return bucketsOf(run.durationSeconds, SECONDS_PER_POINT).map((window) => {
    const { users, throughput, avg } = measuredWindow(run, window);
    return { users: users ?? 0, rate: throughput ?? 0, avgMs: avg ?? 0 };
  });
}
