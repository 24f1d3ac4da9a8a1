import { record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import { ComputeStep } from '../compute-step.js';
import type { StepPlug } from '../step.js';

const options = record({
  burn: durationDistribution().describe('CPU time that the thread’s own clock shows at the end'),
});

/** Computes until the thread's own clock says that it is enough: the same on a slow machine as on a fast one. */
export const burn: StepPlug<typeof options> = {
  name: 'burn',
  summary:
    'computes until its thread has used so much CPU time, whatever the speed of the host (a test’s load)',
  source: 'a loop on CLOCK_THREAD_CPUTIME_ID (`time.thread_time()`, `stress-ng --cpu-ops`)',
  options,
  example: '- burn: 10ms',
  compile: (checked, context) => {
    const demand = context.demand(checked.burn, 'cpu');
    context.emit(new ComputeStep(demand, (cpuNs, job) => Math.round(cpuNs * job.instance.hostSpeed)));
  },
};
