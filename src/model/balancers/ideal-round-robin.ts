import { record } from '../../options/fields.js';
import type { PlainHost } from '../products/plain/host.js';
import type { PlainMethod, PlainMethodPlug, PlainTable } from '../products/plain/method.js';

const options = record({});

/** Cyclic splitting: each server in turn. O(1) a pick. */
export const idealRoundRobin: PlainMethodPlug<typeof options> = {
  name: 'ideal-round-robin',
  product: 'ideal',
  word: 'round_robin',
  summary: 'each server in turn: of Poisson arrivals to n servers, each gets every n-th (Erlang gaps)',
  source: 'textbook; E_N/M/1 as in Kleinrock 1975, Queueing Systems I, 6.4',
  options,
  example: 'algorithm: round_robin',
  usesWeights: false,
  create: (_, { table }) => new Cycle(table),
};

class Cycle implements PlainMethod {
  private turn = 0;

  constructor(private readonly table: PlainTable) {}

  rebuild(): void {
    if (this.turn >= this.table.hosts.length) this.turn = 0;
  }

  pick(): PlainHost | undefined {
    const { hosts } = this.table;
    const host = hosts[this.turn];
    this.turn = this.turn + 1 < hosts.length ? this.turn + 1 : 0;
    return host;
  }
}
