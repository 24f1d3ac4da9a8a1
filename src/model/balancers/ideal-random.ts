import { record } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { PlainHost } from '../products/plain/host.js';
import type { PlainMethod, PlainMethodPlug, PlainTable } from '../products/plain/method.js';

const options = record({});

/** Random splitting: every request goes to a server drawn by weight, whatever is in flight. O(log n) a pick. */
export const idealRandom: PlainMethodPlug<typeof options> = {
  name: 'ideal-random',
  product: 'ideal',
  word: 'random',
  summary: 'a server at random by weight: Poisson arrivals stay Poisson, each server is a queue of its own',
  source: 'textbook; Mitzenmacher 2001, "The Power of Two Choices in Randomized Load Balancing", d = 1',
  options,
  example: 'algorithm: random',
  usesWeights: true,
  create: (_, { table, stream }) => new RandomSplitting(table, stream),
};

class RandomSplitting implements PlainMethod {
  /** Sums of the weights up to and with each host. */
  private sums = new Float64Array(0);

  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {}

  rebuild(): void {
    let sum = 0;
    this.sums = Float64Array.from(this.table.hosts, ({ weight }) => {
      sum += weight;
      return sum;
    });
  }

  pick(): PlainHost | undefined {
    const sums = this.sums;
    if (sums.length === 0) return undefined;
    const drawn = this.stream.next() * sums[sums.length - 1]!;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! <= drawn) low = middle + 1;
      else high = middle;
    }
    return this.table.hosts[low];
  }
}
