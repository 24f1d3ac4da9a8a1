import { count, duration, fail, record } from '../../options/fields.js';
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
  iterations: count({ min: 1, max: 1e9 }).default(1).describe('iterations of all users together'),
  maxDuration: duration({ minNs: EXECUTOR_DURATION_NS_MIN })
    .default(600e9)
    .describe('after this, no iteration starts'),
}).superRefine((value, context) => {
  if (value.iterations >= value.vus) return;
  fail(context, value.iterations, `at least as many iterations as vus (${value.vus})`, undefined, [
    'iterations',
  ]);
});

/** k6's shared-iterations: a number of iterations that users take one by one. */
export const sharedIterations: WorkloadPlug<typeof options> = {
  name: 'shared-iterations',
  summary: 'A number of iterations shared among users: whoever is free takes the next.',
  source: 'k6 v1.8.1, lib/executor/shared_iterations.go',
  options,
  example: 'executor: shared-iterations\nvus: 10\niterations: 200\nmaxDuration: 1m',
  plan: ({ vus, iterations, maxDuration: maxDurationNs }) => ({
    kind: 'iterations',
    vus,
    iterations,
    maxDurationNs,
  }),
  requirements: (checked) => [
    { atNs: 0, plannedVus: checked.vus, unplannedVusMax: 0 },
    { atNs: checked.maxDuration + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => {
    const facts = baseInfo(checked, `maxDuration: ${goDuration(checked.maxDuration)}`);
    return `${checked.iterations} iterations shared among ${checked.vus} VUs${facts}`;
  },
  create: (checked, context) => {
    const { vus, maxDuration: durationNs, gracefulStop: gracefulStopNs } = checked;
    const quota = new SharedQuota(checked.iterations);
    return new LoopingVus({ vus, durationNs, gracefulStopNs, quota, keysOf: 'scenario' }, context);
  },
};

/** Tickets for all; an interrupted iteration has used its own. */
class SharedQuota implements IterationQuota {
  constructor(private left: number) {}

  take(): boolean {
    if (this.left === 0) return false;
    this.left -= 1;
    return true;
  }

  droppedBySlot(): number {
    return 0;
  }

  droppedAtEnd(): number {
    return this.left;
  }
}
