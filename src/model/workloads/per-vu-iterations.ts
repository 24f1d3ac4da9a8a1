import { count, duration, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { type IterationQuota, LoopingVus } from '../looping-vus.js';
import {
  baseInfo,
  commonOptions,
  EXECUTOR_DURATION_NS_MIN,
  VUS_MAX,
  type WorkloadPlug,
} from '../workload.js';

const options = record({
  ...commonOptions,
  vus: count({ min: 1, max: VUS_MAX }).default(1).describe('virtual users'),
  iterations: count({ min: 1, max: 1e9 }).default(1).describe('iterations of each user'),
  maxDuration: duration({ minNs: EXECUTOR_DURATION_NS_MIN })
    .default(600e9)
    .describe('after this, no iteration starts'),
});

/** k6's per-vu-iterations: every user does the same number of iterations. */
export const perVuIterations: WorkloadPlug<typeof options> = {
  name: 'per-vu-iterations',
  summary: 'Every user does the same number of iterations.',
  source: 'k6 v1.8.1, lib/executor/per_vu_iterations.go',
  options,
  example: 'executor: per-vu-iterations\nvus: 10\niterations: 20\nmaxDuration: 1m',
  plan: ({ vus, iterations, maxDuration: maxDurationNs }) => ({
    kind: 'iterations',
    vus,
    iterations: vus * iterations,
    maxDurationNs,
  }),
  requirements: (checked) => [
    { atNs: 0, plannedVus: checked.vus, unplannedVusMax: 0 },
    { atNs: checked.maxDuration + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const facts = baseInfo(checked, `maxDuration: ${goDuration(checked.maxDuration)}`);
    return `${checked.iterations} iterations for each of ${checked.vus} VUs${facts}`;
  },
  create: (checked, context) => {
    const { vus, maxDuration: durationNs, gracefulStop: gracefulStopNs } = checked;
    const quota = new PerVuQuota(vus, checked.iterations);
    return new LoopingVus({ vus, durationNs, gracefulStopNs, quota, keysOf: 'slot' }, context);
  },
};

/** A share for each slot; an interrupted iteration has used its own. */
class PerVuQuota implements IterationQuota {
  private readonly left: number[];

  constructor(vus: number, iterations: number) {
    this.left = new Array<number>(vus).fill(iterations);
  }

  take(slot: number): boolean {
    if (this.left[slot] === 0) return false;
    this.left[slot]! -= 1;
    return true;
  }

  droppedBySlot(slot: number): number {
    return this.left[slot]!;
  }

  droppedAtEnd(): number {
    return 0;
  }
}
