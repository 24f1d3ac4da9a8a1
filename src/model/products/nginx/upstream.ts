import { NS_PER_SECOND } from '../../../kernel/time.js';
import type { Selector, Subject } from '../../balancer.js';
import { NO_HOST, TryResult } from '../../balancer.js';
import { type NginxMethod, NginxPassage, NginxPeer, NginxPeers, type NginxServer } from './peers.js';

/** Second at which a run starts: large, as on any real clock, so that a `checked` of 0 lies far back. */
const START_SECONDS = 1_000_000_000;

/** What an upstream is made of. */
export interface UpstreamSpec {
  /** In configuration order. */
  readonly servers: readonly NginxServer[];
  /** Makes the method over the primary peers. */
  readonly createMethod: (peers: NginxPeers) => NginxMethod;
  /** Part of a second that had passed on the wall clock when the run started, ns: nginx counts whole seconds. */
  readonly clockPhaseNs: number;
}

/**
 * An `upstream` block as one worker process sees it (or all of them, with `zone`): which server is next, and what its
 * failures do to it. nginx 1.22.1, `ngx_http_upstream_round_robin.c`.
 */
export class NginxUpstream implements Selector<NginxPassage> {
  /** By host index. */
  private readonly peerOfHost: NginxPeer[] = [];
  private readonly primary: NginxPeers;
  private readonly method: NginxMethod;
  private readonly clockPhaseNs: number;

  constructor(spec: UpstreamSpec) {
    const primary: NginxPeer[] = [];
    const backup: NginxPeer[] = [];
    for (const [host, server] of spec.servers.entries()) {
      const set = server.parameters.backup ? backup : primary;
      const peer = new NginxPeer(set.length, host, server.address, server.parameters);
      set.push(peer);
      this.peerOfHost.push(peer);
    }
    const next = backup.length === 0 ? undefined : new NginxPeers(backup, undefined, 'backup');
    this.primary = new NginxPeers(primary, next, 'primary');
    this.method = spec.createMethod(this.primary);
    this.clockPhaseNs = spec.clockPhaseNs;
  }

  begin(subject: Subject): NginxPassage {
    return new NginxPassage(subject, this.primary);
  }

  pick(passage: NginxPassage, nowNs: number): number {
    const nowSeconds = this.secondsAt(nowNs);
    let peer = this.method.pick(passage, nowSeconds);
    const backup = passage.peers.next;
    if (peer === undefined && backup !== undefined) {
      passage.moveTo(backup);
      peer = this.method.pick(passage, nowSeconds);
    }
    passage.current = peer;
    return peer === undefined ? NO_HOST : peer.host;
  }

  /** Also counts `passage.tries` down: how often the request may still be sent. */
  finish(passage: NginxPassage, result: TryResult, nowNs: number): void {
    const peer = passage.current!;
    passage.current = undefined;
    peer.conns -= 1;
    if (passage.peers.single) {
      passage.tries = 0;
      return;
    }
    if (result === TryResult.failed) peer.fail(this.secondsAt(nowNs));
    else peer.succeed();
    if (passage.tries > 0) passage.tries -= 1;
  }

  inFlight(host: number): number {
    return this.peerOfHost[host]!.conns;
  }

  available(host: number, nowNs: number): boolean {
    return this.peerOfHost[host]!.isEligible(this.secondsAt(nowNs));
  }

  /** `ngx_time()`: whole seconds of the wall clock. */
  private secondsAt(nowNs: number): number {
    return START_SECONDS + Math.floor((nowNs + this.clockPhaseNs) / NS_PER_SECOND);
  }
}
