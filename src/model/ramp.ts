import { type Stage, stagesDurationNs, type VuStep } from './workload.js';

/** A ramp of virtual users, checked. */
export interface Ramp {
  readonly startVUs: number;
  readonly stages: readonly Stage[];
  readonly gracefulRampDown: number;
  readonly gracefulStop: number;
}

/**
 * The wanted number of virtual users over time (k6 v1.8.1, lib/executor/ramping_vus.go, getRawExecutionSteps with a zero
 * end): one step per VU, in k6's int64 arithmetic, to the ns. Several steps may fall on one instant (stages of length 0).
 */
export function rampSteps(ramp: Pick<Ramp, 'startVUs' | 'stages'>): VuStep[] {
  const steps = rawSteps(ramp);
  if (steps[steps.length - 1]!.vus !== 0) steps.push({ atNs: stagesDurationNs(ramp.stages), vus: 0 });
  return steps;
}

/**
 * The number of virtual users that may exist over time: what {@link rampSteps} wants, plus those that finish their last
 * iteration (GetExecutionRequirements). Where it falls, the slots above are stopped for good.
 */
export function rampReservations(ramp: Ramp): VuStep[] {
  const endNs = stagesDurationNs(ramp.stages) + ramp.gracefulStop;
  return reservations(rawSteps(ramp), { gracefulNs: ramp.gracefulRampDown, endNs });
}

/**
 * The number of virtual users that may exist over time where those that are no longer wanted have `gracefulNs` to finish, until all
 * end at `endNs`.
 * @param raw what is wanted, ascending in time; without the end.
 */
export function reservations(
  raw: readonly VuStep[],
  { gracefulNs, endNs }: { gracefulNs: number; endNs: number },
): VuStep[] {
  const steps = gracefulNs > 0 ? keepForRampDowns(raw, gracefulNs, endNs) : [...raw];
  if (steps[steps.length - 1]!.vus !== 0) steps.push({ atNs: endNs, vus: 0 });
  return steps;
}

function rawSteps(ramp: Pick<Ramp, 'startVUs' | 'stages'>): VuStep[] {
  const steps: VuStep[] = [{ atNs: 0, vus: ramp.startVUs }];
  let last = ramp.startVUs;
  const add = (atNs: number, vus: number) => {
    if (vus !== last) steps.push({ atNs, vus });
    last = vus;
  };
  let from = ramp.startVUs;
  let endNs = 0;
  for (const { duration: lengthNs, target } of ramp.stages) {
    endNs += lengthNs;
    if (lengthNs === 0) add(endNs, target);
    else addSlope({ from, target, lengthNs, endNs }, add);
    from = target;
  }
  return steps;
}

/** The stage's steps, one per VU. */
function addSlope(
  { from, target, lengthNs, endNs }: { from: number; target: number; lengthNs: number; endNs: number },
  add: (atNs: number, vus: number) => void,
): void {
  const difference = Math.abs(target - from);
  // Down: the upper VU stops when the line reaches the next lower number, not when it leaves its own.
  for (let vus = from - 1; vus >= target; vus -= 1) {
    add(endNs - portion(lengthNs, vus - target, difference), vus);
  }
  for (let vus = from + 1; vus <= target; vus += 1) {
    add(endNs - portion(lengthNs, target - vus, difference), vus);
  }
}

/** Whole part of `lengthNs * part / whole`; exact also where the product does not fit a double. */
function portion(lengthNs: number, part: number, whole: number): number {
  const product = lengthNs * part;
  if (product <= Number.MAX_SAFE_INTEGER) return (product - (product % whole)) / whole;
  return Number((BigInt(lengthNs) * BigInt(part)) / BigInt(whole));
}

/** k6's reserveVUsForGracefulRampDowns: a number falls only `gracefulNs` after it was given up, unless it is wanted again by then. */
function keepForRampDowns(raw: readonly VuStep[], gracefulNs: number, endNs: number): VuStep[] {
  const kept: VuStep[] = [];
  let last = 0;
  let slopeEnd = 0;
  for (let index = 0; index < raw.length; index += 1) {
    const step = raw[index]!;
    if (index === 0 || step.vus > last) {
      kept.push(step);
      last = step.vus;
      continue;
    }
    if (step.vus === last) continue;
    const deadlineNs = step.atNs + gracefulNs;
    const ahead = lookAhead(raw, { from: Math.max(slopeEnd, index + 1), deadlineNs, level: last });
    slopeEnd = Math.max(slopeEnd, ahead.slopeEnd);
    if (ahead.regained !== undefined) {
      index = ahead.regained - 1;
      continue;
    }
    if (deadlineNs >= endNs) break;
    kept.push({ atNs: deadlineNs, vus: step.vus });
    last = step.vus;
  }
  return kept;
}

/**
 * Finds the first step at or above `level` until `deadlineNs`. `slopeEnd` is where the present downward slope ends: because
 * the period is constant, later steps of the slope need not look at it again (without it, long ramps are quadratic).
 */
function lookAhead(
  raw: readonly VuStep[],
  { from, deadlineNs, level }: { from: number; deadlineNs: number; level: number },
): { regained: number | undefined; slopeEnd: number } {
  let slopeEnd = 0;
  let isRampingDown = true;
  for (let index = from; index < raw.length; index += 1) {
    const step = raw[index]!;
    if (step.atNs > deadlineNs) break;
    if (step.vus >= level) return { regained: index, slopeEnd };
    if (!isRampingDown) continue;
    if (raw[index - 1]!.vus > step.vus) slopeEnd = index;
    else isRampingDown = false;
  }
  return { regained: undefined, slopeEnd };
}
