import { type Checked, flag, record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { crc32 } from '../hashing.js';
import { createConsistentHash } from '../products/nginx/consistent-hash.js';
import type { KeyTemplate } from '../products/nginx/key.js';
import { keyField, templateOf } from '../products/nginx/key-field.js';
import type { NginxMethodPlug } from '../products/nginx/method.js';
import {
  type NginxMethod,
  type NginxPassage,
  type NginxPeer,
  pickRoundRobin,
  REHASHES_MAX,
} from '../products/nginx/peers.js';

const options = record({
  key: keyField().describe('what is hashed: text with variables, such as $request_uri'),
  consistent: flag()
    .default(false)
    .describe('true: ketama, so that a server more or less moves few keys only'),
});

/** nginx's `hash`: sticky by any key. */
export const nginxHash: NginxMethodPlug<typeof options> = {
  name: 'nginx-hash',
  product: 'nginx',
  word: 'hash',
  summary: 'the same server for the same key; `consistent` moves few keys when servers change',
  source: 'nginx 1.22.1, ngx_http_upstream_hash_module.c',
  options,
  example: 'algorithm: { hash: { key: $request_uri, consistent: true } }',
  allowsBackup: false,
  keyed: { options: { key: '$http_key' }, subject: (key) => plainSubject({ headers: { key } }) },
  maybeOptions: (words) => {
    // nginx takes the word alone for a key that every request has; nobody means that, and the key is asked for instead.
    if (words.trim() === 'consistent') return { consistent: true };
    const [key, consistent, ...rest] = words.trim().split(/\s+/);
    if (rest.length > 0 || (consistent !== undefined && consistent !== 'consistent')) return undefined;
    return { key, consistent: consistent !== undefined };
  },
  create: (checked: Checked<typeof options>, context): NginxMethod => {
    const key = templateOf(checked.key);
    return checked.consistent ? createConsistentHash(key, context.table) : new HashMethod(key);
  },
};

class HashMethod implements NginxMethod {
  constructor(private readonly keyOf: KeyTemplate) {}

  pick(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
    passage.key ??= this.keyOf(passage.subject);
    if (passage.rehashes > REHASHES_MAX || passage.peers.single || passage.key === '') {
      return pickRoundRobin(passage, nowSeconds);
    }
    if (passage.hash < 0) passage.hash = 0;
    for (;;) {
      const peer = this.nextPeer(passage, passage.key);
      if (!passage.hasTried(peer) && peer.isEligible(nowSeconds)) return passage.use(peer, nowSeconds);
      passage.rehashes += 1;
      if (passage.rehashes > REHASHES_MAX) return pickRoundRobin(passage, nowSeconds);
    }
  }

  /** The first hash is of the key alone, the n-th further one of the decimal n before the key; all are added up. */
  private nextPeer(passage: NginxPassage, key: string): NginxPeer {
    const salt = passage.salts === 0 ? '' : String(passage.salts);
    passage.salts += 1;
    passage.hash = (passage.hash + ((crc32(salt + key) >>> 16) & 0x7fff)) >>> 0;
    return passage.peers.atWeight(passage.hash % passage.peers.totalWeight);
  }
}
