import { record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { addressBytes } from '../products/nginx/address.js';
import type { NginxMethodPlug } from '../products/nginx/method.js';
import { type NginxPassage, type NginxPeer, pickRoundRobin, REHASHES_MAX } from '../products/nginx/peers.js';

/** `iphp->hash` at the start of a request. */
const HASH_START = 89;
const HASH_FACTOR = 113;
const HASH_MODULUS = 6271;

const options = record({});

/** nginx's `ip_hash`: sticky by client network. */
export const nginxIpHash: NginxMethodPlug<typeof options> = {
  name: 'nginx-ip-hash',
  product: 'nginx',
  word: 'ip_hash',
  summary: 'the same server for all clients of one /24 network (IPv4) or one address (IPv6)',
  source: 'nginx 1.22.1, ngx_http_upstream_ip_hash_module.c',
  options,
  example: 'algorithm: ip_hash',
  allowsBackup: false,
  keyed: { options: {}, subject: (clientAddress) => plainSubject({ clientAddress }) },
  create: () => ({ pick: pickByAddress }),
};

function pickByAddress(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
  if (passage.rehashes > REHASHES_MAX || passage.peers.single) return pickRoundRobin(passage, nowSeconds);
  if (passage.hash < 0) passage.hash = HASH_START;
  const bytes = addressBytes(passage.subject.clientAddress);
  for (;;) {
    for (let index = 0; index < bytes.length; index += 1) {
      passage.hash = (passage.hash * HASH_FACTOR + bytes[index]!) % HASH_MODULUS;
    }
    const peer = passage.peers.atWeight(passage.hash % passage.peers.totalWeight);
    if (!passage.hasTried(peer) && peer.isEligible(nowSeconds)) return passage.use(peer, nowSeconds);
    passage.rehashes += 1;
    if (passage.rehashes > REHASHES_MAX) return pickRoundRobin(passage, nowSeconds);
  }
}
