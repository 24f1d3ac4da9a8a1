import type { Handler } from '../../kernel/queue.js';
import { record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
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
    context.emit(new BurnStep(context.demand(checked.burn, 'cpu')));
  },
};

class BurnStep implements Step, Handler {
  constructor(private readonly demand: Demand) {}

  start(job: Job): void {
    job.cpu.run(Math.round(this.demand.draw(job.exchange) * job.instance.hostSpeed), this, 0, job);
  }

  handle(_kind: number, payload: unknown): void {
    const job = payload as Job;
    job.instance.advance(job);
  }
}
