import { NEVER, NS_PER_SECOND } from '../../kernel/time.js';
import { type Checked, count, duration, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { arrivalVuOptions, checkMaxVus, rateText, reservedVus, vusRange } from '../arrival-options.js';
import { ArrivalRate } from '../arrival-rate.js';
import {
  type Arrivals,
  baseInfo,
  commonOptions,
  RATE_MAX,
  stagesDurationNs,
  stagesField,
  stagesMax,
  type WorkloadPlug,
} from '../workload.js';

const options = record({
  ...commonOptions,
  ...arrivalVuOptions,
  startRate: count({ max: RATE_MAX }).default(0).describe('iterations to start per timeUnit, at the start'),
  timeUnit: duration({ minNs: 1 }).default(NS_PER_SECOND).describe('what rates count in'),
  stages: stagesField({
    max: RATE_MAX,
    meaning: 'iterations to start per timeUnit, at the end of the stage',
  }),
}).superRefine(checkMaxVus);

type Options = Checked<typeof options>;

/** k6's ramping-arrival-rate: iterations that start at a rate that follows straight lines. */
export const rampingArrivalRate: WorkloadPlug<typeof options> = {
  name: 'ramping-arrival-rate',
  summary: 'Iterations that start at a rate that follows stages, however slow the system is.',
  source: 'k6 v1.8.1, lib/executor/ramping_arrival_rate.go',
  options,
  example:
    'executor: ramping-arrival-rate\nstartRate: 10\nstages:\n  - { duration: 1m, target: 60 }\npreAllocatedVUs: 20\nmaxVUs: 100',
  plan: (checked) => ({
    kind: 'arrivals',
    durationNs: stagesDurationNs(checked.stages),
    arrivals: () => new RampingArrivals(checked),
  }),
  requirements: (checked) => [
    { atNs: 0, ...reservedVus(checked) },
    { atNs: stagesDurationNs(checked.stages) + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const rate = rateText(stagesMax(checked.startRate, checked.stages), checked.timeUnit);
    const length = goDuration(stagesDurationNs(checked.stages));
    const facts = baseInfo(checked, `maxVUs: ${vusRange(checked)}`);
    return `Up to ${rate} iterations/s for ${length} over ${checked.stages.length} stages${facts}`;
  },
  create: (checked, context) =>
    new ArrivalRate(
      {
        arrivals: new RampingArrivals(checked),
        durationNs: stagesDurationNs(checked.stages),
        gracefulStopNs: checked.gracefulStop,
        preAllocatedVus: checked.preAllocatedVUs,
        vusMax: checked.maxVUs ?? checked.preAllocatedVUs,
        // k6 waits for the end only where an iteration falls on it; otherwise nothing is left to come.
        endsWith: isLastOnEnd(checked) ? 'duration' : 'arrivals',
      },
      context,
    ),
};

/**
 * The i-th iteration (from 1) starts when the area under the rate reaches i: k6's `cal`, operation by operation, in doubles,
 * cut to whole ns. One that falls on the end instant is a race in k6; here it does not start.
 */
class RampingArrivals implements Arrivals {
  private readonly endNs: number;
  private readonly indexMax: number;
  private stageIndex = 0;
  private stageStartNs = 0;
  /** Rate per ns at the start of the stage. */
  private from: number;
  /** Area before the stage. */
  private areaBefore = 0;
  private index = 1;

  constructor(private readonly options: Options) {
    this.endNs = stagesDurationNs(options.stages);
    this.indexMax = arrivalCount(options);
    this.from = options.startRate / options.timeUnit;
  }

  next(): number {
    const { stages, timeUnit } = this.options;
    while (this.stageIndex < stages.length) {
      const stage = stages[this.stageIndex]!;
      const to = stage.target / timeUnit;
      const areaAfter = this.areaBefore + stageArea(this.from, to, stage.duration);
      if (this.index <= areaAfter && this.index <= this.indexMax) {
        const offsetNs = offsetInStage(this.from, to, stage.duration, this.index - this.areaBefore);
        this.index += 1;
        const atNs = this.stageStartNs + offsetNs;
        return atNs < this.endNs ? atNs : NEVER;
      }
      this.areaBefore = areaAfter;
      this.from = to;
      this.stageStartNs += stage.duration;
      this.stageIndex += 1;
    }
    return NEVER;
  }
}

/**
 * How many iterations start before the end instant, by the exact area: in doubles, an iteration that falls on the end comes out some
 * ns (after an hour of ramping down to 0, some us) on either side of it.
 */
function arrivalCount(options: Options): number {
  const { doubleArea, unit } = areaOf(options);
  return Number(doubleArea / unit) - (isLastOnEnd(options) ? 1 : 0);
}

function isLastOnEnd(options: Options): boolean {
  const { doubleArea, unit, idleNs } = areaOf(options);
  return doubleArea % unit === 0n && idleNs === 0;
}

/** Twice the area under the rate, twice the time unit, and how long nothing is to come before the end. */
function areaOf({ startRate, stages, timeUnit }: Options) {
  let doubleArea = 0n;
  let idleNs = 0;
  let from = startRate;
  for (const { duration: lengthNs, target } of stages) {
    doubleArea += BigInt(lengthNs) * BigInt(from + target);
    idleNs = from + target === 0 ? idleNs + lengthNs : lengthNs === 0 ? idleNs : 0;
    from = target;
  }
  return { doubleArea, unit: 2n * BigInt(timeUnit), idleNs };
}

function stageArea(from: number, to: number, lengthNs: number): number {
  return from === to ? lengthNs * to : lengthNs * ((to - from) / 2 + from);
}

/** When the area since the start of the stage reaches `area`. */
function offsetInStage(from: number, to: number, lengthNs: number, area: number): number {
  if (from === to) return Math.trunc(area / to);
  const radicand = lengthNs * (from * from * lengthNs + 2 * area * (to - from));
  const root = radicand > 0 ? Math.sqrt(radicand) : 0;
  return Math.trunc((from * lengthNs - root) / (from - to));
}
