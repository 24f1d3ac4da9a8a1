import type { Experiment } from '../input/experiment.js';
import { cpusOf } from '../input/model-file.js';
import type { ComparedValue, Comparison } from '../metrics/comparison.js';
import type { VariantResult } from '../metrics/result.js';
import { frontServices } from './own-cpu.js';

/** What may have caused a miss, beside the model itself. */
export interface MissContext {
  /** CPU per request of the takes as a fraction of the model's; absent where nobody measured it. */
  readonly cpuRatios: readonly number[];
  /** Largest use of its quota by an instance, 0 to 1, over ten seconds; `undefined` without quotas. */
  readonly utilisation: number | undefined;
}

/** Errors up to this are no miss: grade A. */
const MISS_MIN = 0.05;
/** A difference of CPU per request that explains something. */
const CPU_NOTABLE = 0.02;
/** Near saturation a per cent of capacity is tens of per cent of latency. */
const SATURATED = 0.95;
const UTILISATION_SECONDS = 10;

/**
 * The largest miss of the whole run and its likely cause, in one sentence; `undefined` where everything is within 5 %. The causes are
 * tried in the order in which they can be known: too few requests, the machine's speed, saturation, and what is left is the model.
 */
export function largestMiss(comparison: Comparison, context: MissContext): string | undefined {
  const total = comparison.stages.at(-1);
  const misses = (total?.values ?? [])
    .filter(({ name, relativeError }) => name !== 'users' && relativeError !== null)
    .sort((a, b) => Math.abs(b.relativeError!) - Math.abs(a.relativeError!));
  const [worst] = misses.filter(({ grade }) => grade !== undefined);
  if (worst === undefined || Math.abs(worst.relativeError!) <= MISS_MIN) return undefined;
  const size = `${worst.relativeError! > 0 ? '+' : '-'}${Math.abs(worst.relativeError! * 100).toFixed(0)} %`;
  return `largest miss: ${worst.name} ${size}; likely cause: ${causeOf(worst, comparison, context)}`;
}

function causeOf(
  worst: ComparedValue,
  comparison: Comparison,
  { cpuRatios, utilisation }: MissContext,
): string {
  const isTail = worst.name === 'p99';
  const p95 = comparison.stages.at(-1)?.values.find(({ name }) => name === 'p95');
  if (worst.withinTakes === true) return 'chance and drift: it lies between the takes of the real run';
  const ratio = cpuRatios.reduce((sum, value) => sum + value, 0) / cpuRatios.length;
  // A machine that took more CPU per request was slower than the model: latencies come out too low.
  const points = worst.name === 'throughput' ? worst.relativeError! : -worst.relativeError!;
  if (cpuRatios.length > 0 && Math.abs(ratio - 1) > CPU_NOTABLE && points * (ratio - 1) > 0) {
    const percent = `${Math.abs((ratio - 1) * 100).toFixed(0)} %`;
    return `the machine's speed: a request took ${percent} ${ratio > 1 ? 'more' : 'less'} CPU than in the model (see --own-cpu)`;
  }
  if (utilisation !== undefined && utilisation > SATURATED) {
    return `saturation: an instance uses ${(utilisation * 100).toFixed(0)} % of its quota, where a per cent of capacity is tens of per cent of latency`;
  }
  if (isTail && p95?.relativeError != null && Math.abs(p95.relativeError) <= 2 * MISS_MIN) {
    return 'the tail: a hundredth of the requests, and pauses that the model does not have';
  }
  return 'the model';
}

/** Largest mean use of a quota by an instance of the balanced services over ten seconds. */
export function peakUtilisation(
  { model }: Experiment,
  { series, instances }: VariantResult,
): number | undefined {
  const length = Math.max(1, Math.round(UTILISATION_SECONDS / series.intervalSeconds));
  const found = frontServices(model).flatMap((name) => {
    const own = instances.filter(({ service }) => service === name);
    return own.flatMap((instance, index) => {
      const quota = cpusOf(model.services[name]!, index);
      const used = series.gauges.find(
        (gauge) => gauge.place === instance.name && gauge.name === 'cpu_seconds',
      );
      if (quota === undefined || used === undefined) return [];
      return [largestMean(used.values, length) / quota];
    });
  });
  return found.length === 0 ? undefined : Math.max(...found);
}

function largestMean(values: readonly number[], length: number): number {
  let largest = 0;
  let sum = 0;
  values.forEach((value, index) => {
    sum += value - (index >= length ? values[index - length]! : 0);
    if (index >= length - 1) largest = Math.max(largest, sum / length);
  });
  return largest;
}
