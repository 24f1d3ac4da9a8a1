import { record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import { ComputeStep } from '../compute-step.js';
import type { StepPlug } from '../step.js';

const options = record({
  cpu: durationDistribution().describe('CPU time of the handler’s own code'),
});

/** Computes on the request's thread, or on the event loop in an async handler. */
export const cpu: StepPlug<typeof options> = {
  name: 'cpu',
  summary: 'computes for so much CPU time on the request’s thread (on the event loop in an async handler)',
  source: 'processor sharing under the host’s cores, the quota and the interpreter lock',
  options,
  example: '- cpu: { lognormal: { mean: 3ms, cv: 0.3 } }',
  compile: (checked, context) => {
    const demand = context.demand(checked.cpu, 'cpu');
    context.emit(new ComputeStep(demand, (cpuNs, job) => Math.round(cpuNs * job.instance.slowness)));
  },
};
