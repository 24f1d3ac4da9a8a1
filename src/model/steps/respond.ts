import { anything, count, record, text } from '../../options/fields.js';
import { bytesDistribution, durationDistribution } from '../../random/fields.js';
import type { AnswerTemplate } from '../answer.js';
import { headersField } from '../answer-fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const options = record({
  respond: record({
    status: count({ min: 200, max: 599 }).default(200),
    json: anything()
      .optional()
      .describe('the body as JSON; in its texts {instance} and the variables of the path are filled in'),
    text: text().optional().describe('the body as text, filled in the same way'),
    headers: headersField().describe('headers beside those of every answer, filled in the same way'),
    bytes: bytesDistribution().optional().describe('size of the body; as large as it is if absent'),
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
  summary: 'sets status, headers and body of the answer, which is sent when the handler ends',
  source: 'own; JSON as Starlette writes it: no blanks, characters as they are',
  options,
  example: "- respond: { status: 200, json: { instance: '{instance}', items: [1, 2] } }",
  compile: (checked, context) => {
    const { status, json, text: body, headers, bytes, cpu } = checked.respond;
    const step = new RespondStep(
      status,
      context.answer({ json, text: body, headers: headers ?? {} }),
      bytes === undefined ? undefined : context.demand(bytes, 'bytes'),
      context.demand(cpu, 'serialise'),
    );
    context.emit(step);
  },
};

class RespondStep implements Step {
  constructor(
    private readonly status: number,
    private readonly template: AnswerTemplate,
    private readonly bytes: Demand | undefined,
    private readonly cpu: Demand,
  ) {}

  start(job: Job): void {
    const { exchange } = job;
    const content = this.template.contentFor(job.instance, exchange.endpoint);
    job.status = this.status;
    job.content = content;
    job.bodyBytes = this.bytes === undefined ? content.bodyBytes : this.bytes.draw(exchange);
    job.serialiseNs = this.cpu.draw(exchange);
    job.instance.advance(job);
  }
}
