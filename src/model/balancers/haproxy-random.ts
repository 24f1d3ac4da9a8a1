import { count, record } from '../../options/fields.js';
import type { HaproxyMethod, HaproxyMethodPlug } from '../products/haproxy/method.js';
import type { HaproxyPassage } from '../products/haproxy/passage.js';
import { HashRing } from '../products/haproxy/ring.js';
import type { HaproxyServer } from '../products/haproxy/server.js';
import { type ServerTable, scaledWeight } from '../products/haproxy/table.js';
import { warmWeight } from '../products/haproxy/warm-weight.js';

/** `statistical_prng_state` of the first thread at the start of the process (`tools.c`). */
const STATE_AT_START = 2_463_534_242;

const options = record({
  draws: count({ min: 1 })
    .default(2)
    .describe('servers drawn, of which the one with the fewest requests is taken'),
});

/**
 * HAProxy's `balance random(DRAWS)`. Its numbers are the program's own, and the same after every start.
 *
 * Limits: all threads draw from the first one's numbers; in the real program each has its own.
 */
export const haproxyRandom: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-random',
  product: 'haproxy',
  word: 'random',
  summary: 'the least loaded of some servers drawn by weight; of two unless told',
  source: 'HAProxy 2.6.12, backend.c (get_server_rnd); picks compared with the real program',
  options,
  example: 'algorithm: random(2)',
  hashes: false,
  queuesBehind: false,
  maybeOptions: (words) => {
    const draws = words.trim();
    return draws === '' ? {} : { draws: Number(draws) };
  },
  create: ({ draws }, { table }) => new RandomDraws(draws, table),
};

class RandomDraws implements HaproxyMethod {
  readonly weightOf = warmWeight;
  private readonly ring: HashRing;
  private state = STATE_AT_START;

  constructor(
    private readonly draws: number,
    private readonly table: ServerTable,
  ) {
    table.start(scaledWeight);
    this.ring = new HashRing(table);
  }

  pick(_passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    let best: HaproxyServer | undefined;
    for (let draw = 0; draw < this.draws; draw += 1) {
      const drawn = this.ring.nearest(this.next(), avoid);
      if (drawn === undefined) return undefined;
      if (best === undefined || !isBusier(drawn, best)) best = drawn;
    }
    if (best === undefined) return undefined;
    return best.queue.size === 0 && this.table.hasRoom(best) ? best : undefined;
  }

  update(server: HaproxyServer): void {
    this.table.update(server, this.ring);
  }

  /** `statistical_prng`: Marsaglia's xorshift of 32 bits. */
  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }
}

function isBusier(server: HaproxyServer, other: HaproxyServer): boolean {
  return server !== other && server.served * other.current.weight > other.served * server.current.weight;
}
