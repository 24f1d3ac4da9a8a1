import { record } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { PlainHost } from '../products/plain/host.js';
import { LeastLoaded } from '../products/plain/least-loaded.js';
import type { PlainMethod, PlainMethodPlug, PlainTable } from '../products/plain/method.js';

const options = record({});

/**
 * Join the shortest queue: fewest requests in flight of all servers, a uniform draw among equals. O(1) a pick and a change.
 *
 * Limits: a queue is what this dispatcher has in flight; with several dispatchers it is each one's part only.
 */
export const idealJsq: PlainMethodPlug<typeof options> = {
  name: 'ideal-jsq',
  product: 'ideal',
  word: 'jsq',
  summary: 'join the shortest queue: fewest requests in flight of all servers, a draw among equals',
  source: 'Winston 1977, "Optimality of the shortest line discipline"; Weber 1978',
  options,
  example: 'algorithm: jsq',
  usesWeights: false,
  create: (_, { table, stream }) => new ShortestQueue(table, stream),
};

class ShortestQueue implements PlainMethod {
  private queues: LeastLoaded | undefined = undefined;

  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {}

  rebuild(): void {
    this.queues = new LeastLoaded(this.table.hosts);
  }

  pick(): PlainHost | undefined {
    return this.table.hosts.length === 0 ? undefined : this.queues!.draw(this.stream);
  }

  picked(host: PlainHost): void {
    this.queues!.moved(host, 1);
  }

  ended(host: PlainHost): void {
    if (host.position >= 0) this.queues!.moved(host, -1);
  }
}
