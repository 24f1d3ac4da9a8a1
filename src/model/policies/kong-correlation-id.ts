import { type Checked, choice, flag, record, text } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { GatewayRequest, Policy } from '../policy.js';
import type { KongPluginPlug } from '../products/kong/plugin.js';
import { uuid } from '../products/kong/uuid.js';
import { headerOf } from '../request-parts.js';

const options = record({
  header_name: text().default('Kong-Request-ID').describe('the header that holds the identifier'),
  generator: choice(['uuid#counter', 'uuid'])
    .default('uuid#counter')
    .describe('how one is made where the request has none: one UUID per worker and a number, or a UUID each'),
  echo_downstream: flag().default(false).describe('true: the answer has the header too'),
});

/**
 * Kong's `correlation-id`: a request has an identifier, its own or one that is made up.
 *
 * Limits: the generator `tracker` is not here, and servers do not see the header: only the answer has it.
 */
export const kongCorrelationId: KongPluginPlug<typeof options> = {
  name: 'kong-correlation-id',
  product: 'kong',
  word: 'correlation-id',
  priority: 100001,
  summary: 'gives requests an identifier where they have none, and answers too if it is told to',
  source: 'Kong 3.9, kong/plugins/correlation-id/handler.lua',
  options,
  example:
    'plugins: [ { name: correlation-id, config: { header_name: X-Request-ID, echo_downstream: true } } ]',
  create: (checked, context) => new CorrelationId(checked, context.stream),
};

class CorrelationId implements Policy {
  /** By worker: its UUID, and how many identifiers it has made. */
  private readonly counters: { readonly id: string; count: number }[] = [];

  constructor(
    private readonly config: Checked<typeof options>,
    private readonly stream: RandomStream,
  ) {}

  admit(request: GatewayRequest): number {
    const { header_name: name, echo_downstream: echoes } = this.config;
    const own = headerOf(request.subject, name.toLowerCase());
    const identifier = own === '' ? this.generate(request.worker) : own;
    if (echoes) request.setHeader(name, identifier);
    return 0;
  }

  private generate(worker: number): string {
    if (this.config.generator === 'uuid') return uuid(this.stream);
    this.counters[worker] ??= { id: uuid(this.stream), count: 0 };
    const counter = this.counters[worker]!;
    counter.count += 1;
    return `${counter.id}#${counter.count}`;
  }
}
