import { count, record } from '../../options/fields.js';
import { bytesDistribution, durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const options = record({
  respond: record({
    status: count({ min: 200, max: 599 }).default(200),
    bytes: bytesDistribution()
      .default({ kind: 'constant', options: { value: 0 } })
      .describe('size of the body'),
    cpu: durationDistribution()
      .default({ kind: 'constant', options: { value: 0 } })
      .describe(
        'CPU to serialise the body, on the event loop where there is one, beside the server’s `overhead`',
      ),
  }),
});

/** Says what the answer will be; it is sent when the handler ends. */
export const respond: StepPlug<typeof options> = {
  name: 'respond',
  summary: 'sets status and size of the answer, which is sent when the handler ends',
  source: 'own',
  options,
  example: '- respond: { status: 200, bytes: 2100 }',
  compile: (checked, context) => {
    const { status, bytes, cpu } = checked.respond;
    context.emit(new RespondStep(status, context.demand(bytes, 'bytes'), context.demand(cpu, 'serialise')));
  },
};

class RespondStep implements Step {
  constructor(
    private readonly status: number,
    private readonly bytes: Demand,
    private readonly cpu: Demand,
  ) {}

  start(job: Job): void {
    job.status = this.status;
    job.bodyBytes = this.bytes.draw(job.exchange);
    job.serialiseNs = this.cpu.draw(job.exchange);
    job.instance.advance(job);
  }
}
