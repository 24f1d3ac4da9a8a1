import type { ComparedStage, ComparedValue, Comparison } from '../metrics/comparison.js';

/** Errors up to this need no explanation: the limit of grade B. */
const ERROR_NOTABLE = 0.1;
/** Failures that differ by more than this many (fraction of all requests) need one: the limit of grade B. */
const FAILURES_NOTABLE = 0.01;

/**
 * What may explain the errors of a comparison, a sentence each, most telling first: candidates to look at, not a proof.
 * Empty where there is nothing to explain.
 */
export function comparisonRemarks(comparison: Omit<Comparison, 'remarks'>): string[] {
  const total = comparison.stages.at(-1);
  if (total === undefined) return [];
  const found = [
    failureRemark(total),
    throughputRemark(total),
    latencyRemark(comparison),
    tailRemark(total),
    takesRemark(total),
    intervalRemark(total),
  ];
  return found.filter((remark) => remark !== undefined);
}

function findValue(stage: ComparedStage, name: string): ComparedValue | undefined {
  return stage.values.find((value) => value.name === name);
}

/** Its error where it is one to explain: not small, and not within what takes differ by. */
function notableError(value: ComparedValue | undefined): number | undefined {
  if (value === undefined || value.relativeError === null || value.withinTakes === true) return undefined;
  return Math.abs(value.relativeError) > ERROR_NOTABLE ? value.relativeError : undefined;
}

function failureRemark(total: ComparedStage): string | undefined {
  const value = findValue(total, 'error rate');
  if (value?.predicted == null || value.measured === null || value.withinTakes === true) return undefined;
  const points = value.predicted - value.measured;
  if (Math.abs(points) <= FAILURES_NOTABLE) return undefined;
  return points > 0
    ? 'more failures than measured: look at timeouts, queue and pool limits, and at a capacity that is too low'
    : 'fewer failures than measured: look at timeouts that the model does not have, and at a capacity that is too high';
}

function throughputRemark(total: ComparedStage): string | undefined {
  const error = notableError(findValue(total, 'throughput'));
  if (error === undefined) return undefined;
  return error > 0
    ? 'more requests than measured: capacity is too high (CPU per request, quota, workers), or the load differs'
    : 'fewer requests than measured: capacity is too low (CPU per request, quota, workers), or the load differs';
}

/** A fixed cost shows at low load already; a wrong capacity only where there is a queue. */
function latencyRemark(comparison: Omit<Comparison, 'remarks'>): string | undefined {
  const { predicted, measured } = comparison.p50;
  const busy = measured.flatMap((value, bucket) =>
    value === null || predicted[bucket] == null ? [] : [bucket],
  );
  const lightest = busy.reduce<number | undefined>(
    (least, bucket) => (least === undefined || measured[bucket]! < measured[least]! ? bucket : least),
    undefined,
  );
  if (lightest === undefined) return undefined;
  const gapMs = predicted[lightest]! - measured[lightest]!;
  if (Math.abs(gapMs) > ERROR_NOTABLE * measured[lightest]! && !isWithinTakes(comparison, lightest)) {
    const which = gapMs > 0 ? 'slower' : 'faster';
    return `${Math.abs(gapMs).toPrecision(2)} ms ${which} where the load is lightest: a fixed cost (CPU per request, query, network)`;
  }
  const total = comparison.stages.at(-1)!;
  const error = notableError(findValue(total, 'p95')) ?? notableError(findValue(total, 'avg'));
  if (error === undefined) return undefined;
  const less = error > 0 ? 'shorter' : 'longer';
  return `right where the load is lightest, but real queues are ${less}: capacity near saturation (CPU per request, quota, pool)`;
}

function isWithinTakes(comparison: Omit<Comparison, 'remarks'>, bucket: number): boolean {
  const { predicted, measuredMin, measuredMax } = comparison.p50;
  const low = measuredMin?.[bucket];
  const high = measuredMax?.[bucket];
  return low != null && high != null && predicted[bucket]! >= low && predicted[bucket]! <= high;
}

function tailRemark(total: ComparedStage): string | undefined {
  const tail = notableError(findValue(total, 'p99'));
  if (tail === undefined || notableError(findValue(total, 'p95')) !== undefined) return undefined;
  return tail > 0
    ? 'only the tail is too long: demands vary less than the model says'
    : 'only the tail is too short: rare pauses (garbage collection, quota, other work on the host) are not in the model';
}

function takesRemark(total: ComparedStage): string | undefined {
  const wide = total.values.filter(({ name, unit, measured, measuredRange }) => {
    if (name === 'users' || name === 'p99' || unit === 'ratio' || !measured || !measuredRange) return false;
    return (measuredRange[1] - measuredRange[0]) / measured > ERROR_NOTABLE;
  });
  if (wide.length === 0) return undefined;
  return `the takes themselves differ by more than 10 % in ${wide.map((value) => value.name).join(', ')}`;
}

function intervalRemark(total: ComparedStage): string | undefined {
  const wide = total.values.filter(({ predicted, predictedInterval, takesInside }) => {
    // A prediction interval is as wide as single runs differ, whatever the number of replications.
    if (!predicted || !predictedInterval || takesInside !== undefined) return false;
    return (predictedInterval[1] - predictedInterval[0]) / 2 / predicted > ERROR_NOTABLE;
  });
  const names = wide.filter((value) => value.unit === 'ms').map((value) => value.name);
  if (names.length === 0) return undefined;
  return `the prediction is unsure by more than 10 % in ${names.join(', ')}: more replications make it surer`;
}
