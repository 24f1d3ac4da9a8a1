import type { Subject } from '../../balancer.js';

/** Parameters of one `server` line of an `upstream` block. */
export interface ServerParameters {
  readonly weight: number;
  /** 0: never taken out. */
  readonly maxFails: number;
  /** Whole seconds. */
  readonly failTimeoutSeconds: number;
  /** 0: no limit. */
  readonly maxConns: number;
  readonly backup: boolean;
  readonly down: boolean;
}

/** One `server`, with the parameters it has. */
export interface NginxServer {
  /** As the configuration has it: `127.0.0.1:8001`. */
  readonly address: string;
  readonly parameters: ServerParameters;
}

/** One address of an upstream: `ngx_http_upstream_rr_peer_t`. */
export class NginxPeer {
  readonly weight: number;
  readonly maxFails: number;
  readonly failTimeoutSeconds: number;
  readonly maxConns: number;
  readonly down: boolean;
  /** Lowered by failures, creeps back while the peer is considered. */
  effectiveWeight: number;
  currentWeight = 0;
  /** Requests in flight; idle kept connections do not count. */
  conns = 0;
  fails = 0;
  /** Second of the last failure. */
  accessed = 0;
  /** Second of the last failure, or of the start of a trial. */
  checked = 0;

  /**
   * @param index position among the peers of its set.
   * @param host position among all hosts of the upstream.
   */
  constructor(
    readonly index: number,
    readonly host: number,
    readonly address: string,
    parameters: ServerParameters,
  ) {
    this.weight = parameters.weight;
    this.maxFails = parameters.maxFails;
    this.failTimeoutSeconds = parameters.failTimeoutSeconds;
    this.maxConns = parameters.maxConns;
    this.down = parameters.down;
    this.effectiveWeight = parameters.weight;
  }

  /** The same test in every method, apart from the hosts a request has had already. */
  isEligible(nowSeconds: number): boolean {
    if (this.down) return false;
    if (
      this.maxFails > 0 &&
      this.fails >= this.maxFails &&
      nowSeconds - this.checked <= this.failTimeoutSeconds
    ) {
      return false;
    }
    return this.maxConns === 0 || this.conns < this.maxConns;
  }

  /** Counts a pick. Where failures are old, it starts a trial: until its result nobody else is sent here. */
  take(nowSeconds: number): void {
    if (nowSeconds - this.checked > this.failTimeoutSeconds) this.checked = nowSeconds;
    this.conns += 1;
  }

  /** A try failed. */
  fail(nowSeconds: number): void {
    this.fails += 1;
    this.accessed = nowSeconds;
    this.checked = nowSeconds;
    if (this.maxFails > 0) this.effectiveWeight -= Math.trunc(this.weight / this.maxFails);
    if (this.effectiveWeight < 0) this.effectiveWeight = 0;
  }

  /** A try ended well. Failures are forgotten only if a trial was started since the last one. */
  succeed(): void {
    if (this.accessed < this.checked) this.fails = 0;
  }
}

/** The primary or the backup peers of an upstream: `ngx_http_upstream_rr_peers_t`. */
export class NginxPeers {
  readonly peers: readonly NginxPeer[];
  /** Of all peers, those marked `down` too. */
  readonly totalWeight: number;
  /** Peers not marked `down`. */
  readonly tries: number;
  /** Exactly one peer, and no backup: failures are not counted, nothing is tried again. */
  readonly single: boolean;

  constructor(
    peers: readonly NginxPeer[],
    /** The backup peers, if there are any. */
    readonly next: NginxPeers | undefined,
    /** What the set is: alone it may be {@link single}. */
    role: 'primary' | 'backup',
  ) {
    this.peers = peers;
    this.totalWeight = peers.reduce((sum, peer) => sum + peer.weight, 0);
    this.tries = peers.filter((peer) => !peer.down).length;
    this.single = role === 'primary' && peers.length === 1 && next === undefined;
  }

  /** The peer that owns the `weight`-th share, 0 to `totalWeight - 1`. */
  atWeight(weight: number): NginxPeer {
    let rest = weight;
    let index = 0;
    while (rest >= this.peers[index]!.weight) {
      rest -= this.peers[index]!.weight;
      index += 1;
    }
    return this.peers[index]!;
  }
}

/** Bits that fit a small integer. */
const WORD_BITS = 31;

/** One request on its way: `ngx_http_upstream_rr_peer_data_t`, with the fields that hash methods add to it. */
export class NginxPassage {
  current: NginxPeer | undefined = undefined;
  /** Hosts it may still be sent to, this one included. */
  tries: number;
  /** State of `ip_hash` and `hash`; -1 before the first pick. */
  hash = -1;
  /** How often a hash was taken again, or a number drawn again; above 20 round robin takes over. */
  rehashes = 0;
  /** Hashes that `hash` has taken of its key. */
  salts = 0;
  /** The value of the hash key, `undefined` before the first pick. */
  key: string | undefined = undefined;

  private triedBits = 0;
  private moreTried: Set<number> | undefined = undefined;

  constructor(
    readonly subject: Subject,
    /** The set it is in: the primary peers, later perhaps the backup ones. */
    public peers: NginxPeers,
  ) {
    this.tries = peers.tries + (peers.next?.tries ?? 0);
  }

  hasTried(peer: NginxPeer): boolean {
    if (peer.index < WORD_BITS) return ((this.triedBits >>> peer.index) & 1) === 1;
    return this.moreTried?.has(peer.index) ?? false;
  }

  /** The request goes to `peer`. */
  use(peer: NginxPeer, nowSeconds: number): NginxPeer {
    this.current = peer;
    if (peer.index < WORD_BITS) {
      this.triedBits |= 1 << peer.index;
    } else {
      this.moreTried ??= new Set();
      this.moreTried.add(peer.index);
    }
    peer.take(nowSeconds);
    return peer;
  }

  /** The primary peers are exhausted: on to the backup ones, of which none has been tried. */
  moveTo(peers: NginxPeers): void {
    this.peers = peers;
    this.triedBits = 0;
    this.moreTried = undefined;
  }
}

/** A load balancing method of nginx. Picks from `passage.peers` alone; backup peers are its caller's business. */
export interface NginxMethod {
  /** The peer to try next, taken into account; `undefined` if none is eligible. */
  pick(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined;
}

/** Picks after which a hash or a draw gives up and round robin takes over. */
export const REHASHES_MAX = 20;

/** Smooth weighted round robin: `ngx_http_upstream_get_round_robin_peer` of 1.22.1. What every method falls back to. */
export function pickRoundRobin(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
  const set = passage.peers;
  if (set.single) {
    const peer = set.peers[0]!;
    if (peer.down || (peer.maxConns > 0 && peer.conns >= peer.maxConns)) return undefined;
    passage.current = peer;
    peer.conns += 1;
    return peer;
  }
  const best = smoothWeightedStep(passage, nowSeconds, undefined);
  return best === undefined ? undefined : passage.use(best, nowSeconds);
}

/**
 * One step of smooth weighted round robin over the eligible peers, of which only those of `address` if it is given
 * (`ngx_http_upstream_get_chash_peer`). Every one gains its effective weight, the richest pays for all; the first wins ties.
 */
export function smoothWeightedStep(
  passage: NginxPassage,
  nowSeconds: number,
  address: string | undefined,
): NginxPeer | undefined {
  const peers = passage.peers.peers;
  let best: NginxPeer | undefined;
  let total = 0;
  for (let index = 0; index < peers.length; index += 1) {
    const peer = peers[index]!;
    if (passage.hasTried(peer) || !peer.isEligible(nowSeconds)) continue;
    if (address !== undefined && peer.address !== address) continue;
    total += gainWeight(peer);
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best !== undefined) best.currentWeight -= total;
  return best;
}

/** A considered peer gains its effective weight, which itself recovers by one. Returns what was gained. */
export function gainWeight(peer: NginxPeer): number {
  const gained = peer.effectiveWeight;
  peer.currentWeight += gained;
  if (gained < peer.weight) peer.effectiveWeight = gained + 1;
  return gained;
}
