import { record } from '../../options/fields.js';
import { bytesDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const options = record({
  allocate: bytesDistribution().describe('memory taken until the request ends'),
});

/** Takes memory; beyond `mem_limit` the instance is killed. */
export const allocate: StepPlug<typeof options> = {
  name: 'allocate',
  summary: 'takes memory until the request ends; beyond `mem_limit` the kernel kills the instance',
  source: 'cgroup memory limit and out-of-memory killer',
  options,
  example: '- allocate: 20m',
  compile: (checked, context) => {
    context.emit(new AllocateStep(context.demand(checked.allocate, 'allocate')));
  },
};

class AllocateStep implements Step {
  constructor(private readonly sizeBytes: Demand) {}

  start(job: Job): void {
    job.instance.allocate(job, this.sizeBytes.draw(job.exchange));
    job.instance.advance(job);
  }
}
