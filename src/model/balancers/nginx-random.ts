import { choice, record } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { NginxMethodPlug } from '../products/nginx/method.js';
import {
  type NginxMethod,
  type NginxPassage,
  type NginxPeer,
  pickRoundRobin,
  REHASHES_MAX,
} from '../products/nginx/peers.js';

const options = record({
  two: choice(['least_conn'])
    .optional()
    .describe('draw two servers and take the one with fewer requests in flight for its weight'),
});

/** nginx's `random [two [least_conn]]`. */
export const nginxRandom: NginxMethodPlug<typeof options> = {
  name: 'nginx-random',
  product: 'nginx',
  word: 'random',
  summary: 'a server at random by weight; `two`: the less loaded of two',
  source: 'nginx 1.22.1, ngx_http_upstream_random_module.c',
  options,
  example: 'algorithm: { random: { two: least_conn } }',
  allowsBackup: false,
  maybeOptions: (words) => (/^two(\s+least_conn)?$/.test(words.trim()) ? { two: 'least_conn' } : undefined),
  create: (checked, context): NginxMethod =>
    checked.two === undefined ? new RandomMethod(context.stream) : new RandomTwoMethod(context.stream),
};

class RandomMethod implements NginxMethod {
  constructor(private readonly stream: RandomStream) {}

  pick(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
    if (passage.rehashes > REHASHES_MAX || passage.peers.single) return pickRoundRobin(passage, nowSeconds);
    for (;;) {
      const peer = draw(passage, this.stream);
      if (!passage.hasTried(peer) && peer.isEligible(nowSeconds)) return passage.use(peer, nowSeconds);
      passage.rehashes += 1;
      if (passage.rehashes > REHASHES_MAX) return pickRoundRobin(passage, nowSeconds);
    }
  }
}

class RandomTwoMethod implements NginxMethod {
  constructor(private readonly stream: RandomStream) {}

  pick(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
    if (passage.rehashes > REHASHES_MAX || passage.peers.single) return pickRoundRobin(passage, nowSeconds);
    let first: NginxPeer | undefined;
    for (;;) {
      const peer = draw(passage, this.stream);
      if (peer !== first && !passage.hasTried(peer) && peer.isEligible(nowSeconds)) {
        if (first !== undefined) return passage.use(lessLoaded(first, peer), nowSeconds);
        first = peer;
      }
      // The first fitting draw counts as one of the twenty too: in the original it falls through to the same line.
      passage.rehashes += 1;
      if (passage.rehashes > REHASHES_MAX) return pickRoundRobin(passage, nowSeconds);
    }
  }
}

/** The second drawn wins ties. */
function lessLoaded(first: NginxPeer, second: NginxPeer): NginxPeer {
  return second.conns * first.weight > first.conns * second.weight ? first : second;
}

function draw(passage: NginxPassage, stream: RandomStream): NginxPeer {
  return passage.peers.atWeight(Math.floor(stream.next() * passage.peers.totalWeight));
}
