import { count, duration, fail, record } from '../../options/fields.js';
import { goDuration } from '../../options/go-duration.js';
import { rampReservations, rampSteps } from '../ramp.js';
import { RampingSlots } from '../ramping-slots.js';
import {
  baseInfo,
  commonOptions,
  stagesDurationNs,
  stagesField,
  stagesMax,
  VUS_MAX,
  type WorkloadPlug,
} from '../workload.js';

const options = record({
  ...commonOptions,
  startVUs: count({ max: VUS_MAX }).default(1).describe('virtual users at the start'),
  stages: stagesField({ max: VUS_MAX, meaning: 'virtual users at the end of the stage' }),
  gracefulRampDown: duration()
    .default(30e9)
    .describe('how long a virtual user that is ramped down may finish its iteration'),
}).superRefine((value, context) => {
  if (stagesMax(value.startVUs, value.stages) > 0) return;
  fail(context, 0, 'startVUs or one target above 0', undefined, ['stages']);
});

/** k6's ramping-vus: a number of looping users that follows straight lines. */
export const rampingVus: WorkloadPlug<typeof options> = {
  name: 'ramping-vus',
  summary: 'Users that loop over the iteration; their number follows stages, each a straight line.',
  source: 'k6 v1.8.1, lib/executor/ramping_vus.go',
  options,
  example:
    'executor: ramping-vus\nstages:\n  - { duration: 1m, target: 100 }\n  - { duration: 30s, target: 0 }',
  plan: (checked) => ({ kind: 'vus', steps: rampSteps(checked) }),
  requirements: (checked) =>
    rampReservations(checked).map(({ atNs, vus }) => ({ atNs, plannedVus: vus, unplannedVusMax: 0 })),
  describe: (checked) => {
    const facts = baseInfo(checked, `gracefulRampDown: ${goDuration(checked.gracefulRampDown)}`);
    const vus = stagesMax(checked.startVUs, checked.stages);
    const length = goDuration(stagesDurationNs(checked.stages));
    return `Up to ${vus} looping VUs for ${length} over ${checked.stages.length} stages${facts}`;
  },
  create: (checked, context) => {
    const steps = rampSteps(checked);
    return new RampingSlots({ steps, reservations: rampReservations(checked), users: 'kept' }, context);
  },
};
