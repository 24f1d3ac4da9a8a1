import { NS_PER_SECOND } from '../kernel/time.js';
import { count, fail } from '../options/fields.js';
import { VUS_MAX } from './workload.js';

/** Options that both arrival-rate executors share. */
export const arrivalVuOptions = {
  preAllocatedVUs: count({ max: VUS_MAX }).describe('virtual users made before the test starts'),
  maxVUs: count({ max: VUS_MAX })
    .optional()
    .describe(
      'virtual users at most; every one beyond preAllocatedVUs costs a dropped iteration; default preAllocatedVUs',
    ),
};

/** The checked form of {@link arrivalVuOptions}. */
export interface ArrivalVuOptions {
  readonly preAllocatedVUs: number;
  readonly maxVUs?: number | undefined;
}

/** Reports `maxVUs` below `preAllocatedVUs`. */
export function checkMaxVus(options: ArrivalVuOptions, context: Parameters<typeof fail>[0]): void {
  if (options.maxVUs === undefined || options.maxVUs >= options.preAllocatedVUs) return;
  fail(
    context,
    options.maxVUs,
    `maxVUs of at least preAllocatedVUs (${options.preAllocatedVUs})`,
    undefined,
    ['maxVUs'],
  );
}

/** The virtual users that an arrival-rate executor reserves. */
export function reservedVus({ preAllocatedVUs, maxVUs = preAllocatedVUs }: ArrivalVuOptions) {
  return { plannedVus: preAllocatedVUs, unplannedVusMax: maxVUs - preAllocatedVUs };
}

/** `3`, or `1-3` where more may be made, as k6 prints it. */
export function vusRange({ preAllocatedVUs, maxVUs = preAllocatedVUs }: ArrivalVuOptions): string {
  return maxVUs > preAllocatedVUs ? `${preAllocatedVUs}-${maxVUs}` : String(preAllocatedVUs);
}

/** A rate per `timeUnitNs`, per second with two decimals, as k6 prints it. */
export function rateText(rate: number, timeUnitNs: number): string {
  return ((rate * NS_PER_SECOND) / timeUnitNs).toFixed(2);
}
