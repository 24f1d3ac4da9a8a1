import { count, flag, record } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { PlainHost } from '../products/plain/host.js';
import type { PlainMethod, PlainMethodPlug, PlainTable } from '../products/plain/method.js';

const options = record({
  d: count({ min: 1, max: 10_000 }).default(2).describe('servers that are looked at'),
  replacement: flag().default(false).describe('true: the same server may be drawn more than once'),
});

/**
 * The power of d choices: d servers drawn uniformly, the one with the fewest requests in flight of them, the first drawn
 * among equals (a uniform draw among them, because the order of the draws is one). O(d) a pick.
 *
 * Limits: a queue is what this dispatcher has in flight; with several dispatchers it is each one's part only.
 */
export const idealJsqD: PlainMethodPlug<typeof options> = {
  name: 'ideal-jsq-d',
  product: 'ideal',
  word: 'jsq_d',
  summary: 'the power of d choices: the shortest of d queues drawn at random, d = 2 unless told',
  source:
    'Vvedenskaya, Dobrushin and Karpelevich 1996; Mitzenmacher 2001, "The Power of Two Choices in Randomized Load Balancing"',
  options,
  example: 'algorithm: { jsq_d: { d: 3, replacement: false } }',
  maybeOptions: (words) => (/^\d+$/.test(words.trim()) ? { d: Number(words) } : undefined),
  usesWeights: false,
  create: ({ d, replacement }, { table, stream }) => new ShortestOfSome(d, replacement, table, stream),
};

class ShortestOfSome implements PlainMethod {
  /** Every host once, in an order that each pick shuffles at its beginning. */
  private order: PlainHost[] = [];

  constructor(
    private readonly d: number,
    private readonly replacement: boolean,
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {}

  rebuild(): void {
    this.order = [...this.table.hosts];
  }

  pick(): PlainHost | undefined {
    const count = this.order.length;
    const draws = this.replacement ? this.d : Math.min(this.d, count);
    let best: PlainHost | undefined;
    if (count === 0) return best;
    for (let drawn = 0; drawn < draws; drawn += 1) {
      const host = this.replacement
        ? this.order[Math.floor(this.stream.next() * count)]!
        : this.drawOther(drawn);
      if (best === undefined || host.inFlight < best.inFlight) best = host;
    }
    return best;
  }

  /** One of those that were not among the first `drawn` of this pick (Fisher and Yates). */
  private drawOther(drawn: number): PlainHost {
    const { order } = this;
    const index = drawn + Math.floor(this.stream.next() * (order.length - drawn));
    const host = order[index]!;
    order[index] = order[drawn]!;
    order[drawn] = host;
    return host;
  }
}
