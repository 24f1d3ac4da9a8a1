import { count, duration, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { LoopingVus } from '../looping-vus.js';
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
  duration: duration({ minNs: EXECUTOR_DURATION_NS_MIN }).describe('how long they loop'),
});

/** k6's constant-vus: a fixed number of looping users. */
export const constantVus: WorkloadPlug<typeof options> = {
  name: 'constant-vus',
  summary: 'A fixed number of users that loop over the iteration for a fixed time.',
  source: 'k6 v1.8.1, lib/executor/constant_vus.go',
  options,
  example: 'executor: constant-vus\nvus: 10\nduration: 30s',
  plan: ({ vus, duration: durationNs }) => ({
    kind: 'vus',
    steps: [
      { atNs: 0, vus },
      { atNs: durationNs, vus: 0 },
    ],
  }),
  requirements: (checked) => [
    { atNs: 0, plannedVus: checked.vus, unplannedVusMax: 0 },
    { atNs: checked.duration + checked.gracefulStop, plannedVus: 0, unplannedVusMax: 0 },
  ],
  describe: (checked) => `${checked.vus} looping VUs for ${goDuration(checked.duration)}${baseInfo(checked)}`,
  create: (checked, context) => {
    const quota = { take: () => true, droppedBySlot: () => 0, droppedAtEnd: () => 0 };
    const { vus, duration: durationNs, gracefulStop: gracefulStopNs } = checked;
    return new LoopingVus({ vus, durationNs, gracefulStopNs, quota, keysOf: 'slot' }, context);
  },
};
