import { NEVER, NS_PER_SECOND } from '../../kernel/time.js';
import { type Checked, count, duration, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { arrivalVuOptions, checkMaxVus, rateText, reservedVus, vusRange } from '../arrival-options.js';
import { ArrivalRate } from '../arrival-rate.js';
import {
  type Arrivals,
  baseInfo,
  commonOptions,
  EXECUTOR_DURATION_NS_MIN,
  RATE_MAX,
  type WorkloadPlug,
} from '../workload.js';

const options = record({
  ...commonOptions,
  ...arrivalVuOptions,
  rate: count({ min: 1, max: RATE_MAX }).describe('iterations to start per timeUnit'),
  timeUnit: duration({ minNs: 1 }).default(NS_PER_SECOND).describe('what rate counts in'),
  duration: duration({ minNs: EXECUTOR_DURATION_NS_MIN }).describe('how long iterations start'),
}).superRefine(checkMaxVus);

type Options = Checked<typeof options>;

/** k6's constant-arrival-rate: iterations that start at a fixed rate, whether or not the earlier ones are over. */
export const constantArrivalRate: WorkloadPlug<typeof options> = {
  name: 'constant-arrival-rate',
  summary:
    'Iterations that start at a fixed rate, however slow the system is; without a free user they are dropped.',
  source: 'k6 v1.8.1, lib/executor/constant_arrival_rate.go',
  options,
  example: 'executor: constant-arrival-rate\nrate: 50\nduration: 1m\npreAllocatedVUs: 20\nmaxVUs: 100',
  plan: (checked) => ({
    kind: 'arrivals',
    durationNs: checked.duration,
    arrivals: () => constantArrivals(checked),
  }),
  requirements: (checked) => [
    { atNs: 0, ...reservedVus(checked) },
    { atNs: checked.duration + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const rate = rateText(checked.rate, checked.timeUnit);
    return `${rate} iterations/s for ${goDuration(checked.duration)}${baseInfo(checked, `maxVUs: ${vusRange(checked)}`)}`;
  },
  create: (checked, context) =>
    new ArrivalRate(
      {
        arrivals: constantArrivals(checked),
        durationNs: checked.duration,
        gracefulStopNs: checked.gracefulStop,
        preAllocatedVus: checked.preAllocatedVUs,
        vusMax: checked.maxVUs ?? checked.preAllocatedVUs,
        endsWith: 'duration',
      },
      context,
    ),
};

/**
 * Iteration n = 0, 1, 2, ... starts at n times the period, which k6 cuts to whole ns. Whether one that falls on the end
 * instant (or, for a period that was cut, just before it) still runs is a race in k6; here n runs while
 * n * timeUnit < duration * rate, exactly: as many as the rate promises.
 */
function constantArrivals(options: Options): Arrivals {
  const periodNs = Math.floor(options.timeUnit / options.rate);
  const events = BigInt(options.duration) * BigInt(options.rate);
  const unit = BigInt(options.timeUnit);
  const total = Number((events + unit - 1n) / unit);
  let index = 0;
  return {
    next: () => {
      if (index === total) return NEVER;
      const atNs = index * periodNs;
      index += 1;
      return atNs;
    },
  };
}
