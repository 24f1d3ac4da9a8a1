import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const options = record({
  wait: durationDistribution().describe('time without CPU: a sleep, a disk, a service outside the model'),
});

/** Waits without CPU; the thread stays taken in a synchronous handler. */
export const wait: StepPlug<typeof options> = {
  name: 'wait',
  summary: 'waits without CPU; a synchronous handler keeps its thread meanwhile',
  source: 'own',
  options,
  example: '- wait: 30ms',
  compile: (checked, context) => {
    context.emit(new WaitStep(context.simulation, context.demand(checked.wait, 'wait')));
  },
};

class WaitStep implements Step, Handler {
  constructor(
    private readonly simulation: Simulation,
    private readonly demand: Demand,
  ) {}

  start(job: Job): void {
    const waitNs = this.demand.draw(job.exchange);
    if (waitNs === 0) job.instance.advance(job);
    else this.simulation.after(waitNs, this, 0, job);
  }

  handle(_kind: number, payload: unknown): void {
    const job = payload as Job;
    job.instance.advance(job);
  }
}
