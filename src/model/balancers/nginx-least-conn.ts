import { record } from '../../options/fields.js';
import type { NginxMethodPlug } from '../products/nginx/method.js';
import { gainWeight, type NginxPassage, type NginxPeer, pickRoundRobin } from '../products/nginx/peers.js';

const options = record({});

/** nginx's `least_conn`: fewest requests in flight for its weight. */
export const nginxLeastConn: NginxMethodPlug<typeof options> = {
  name: 'nginx-least-conn',
  product: 'nginx',
  word: 'least_conn',
  summary: 'the server with the fewest requests in flight for its weight; round robin among equals',
  source: 'nginx 1.22.1, ngx_http_upstream_least_conn_module.c',
  options,
  example: 'algorithm: least_conn',
  allowsBackup: true,
  create: () => ({ pick: pickLeastConn }),
};

function pickLeastConn(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
  if (passage.peers.single) return pickRoundRobin(passage, nowSeconds);
  const peers = passage.peers.peers;
  let best: NginxPeer | undefined;
  let isTied = false;
  for (let index = 0; index < peers.length; index += 1) {
    const peer = peers[index]!;
    if (passage.hasTried(peer) || !peer.isEligible(nowSeconds)) continue;
    // Shares are compared by cross multiplication, with the configured weights, as in the original.
    const difference = best === undefined ? -1 : peer.conns * best.weight - best.conns * peer.weight;
    if (difference < 0) {
      best = peer;
      isTied = false;
    } else if (difference === 0) {
      isTied = true;
    }
  }
  if (best === undefined) return undefined;
  return passage.use(isTied ? breakTie(passage, best, nowSeconds) : best, nowSeconds);
}

/** A round robin step over the peers as idle as `first`, from `first` on: earlier ones are less idle. */
function breakTie(passage: NginxPassage, first: NginxPeer, nowSeconds: number): NginxPeer {
  const peers = passage.peers.peers;
  let best = first;
  let total = 0;
  for (let index = first.index; index < peers.length; index += 1) {
    const peer = peers[index]!;
    if (peer.conns * first.weight !== first.conns * peer.weight) continue;
    if (passage.hasTried(peer) || !peer.isEligible(nowSeconds)) continue;
    total += gainWeight(peer);
    if (peer.currentWeight > best.currentWeight) best = peer;
  }
  best.currentWeight -= total;
  return best;
}
