import type { Handler } from '../../kernel/queue.js';
import { record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
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
    context.emit(new CpuStep(context.demand(checked.cpu, 'cpu')));
  },
};

class CpuStep implements Step, Handler {
  constructor(private readonly demand: Demand) {}

  start(job: Job): void {
    job.cpu.run(this.demand.draw(job.exchange), this, 0, job);
  }

  handle(_kind: number, payload: unknown): void {
    const job = payload as Job;
    job.instance.advance(job);
  }
}
