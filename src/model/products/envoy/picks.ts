import type { RandomStream } from '../../../random/stream.js';
import { NO_HOST, type Selector, type Subject, TryResult } from '../../balancer.js';
import { type ClusterParts, EnvoyCluster } from './cluster.js';
import type { EnvoyPassage, ThreadBalancer } from './method.js';

/**
 * One worker thread's picks without simulation. Outlier detection, if there is any, takes a failed try for a 503 and any
 * other for a 200, and its ticks happen when the clock that is handed in has passed them. Health checks do not happen, and
 * all hosts have passed theirs.
 */
export class EnvoyPicks implements Selector<EnvoyPassage> {
  private readonly cluster: EnvoyCluster;
  private readonly thread: ThreadBalancer;
  private nextTickNs: number;
  private readonly intervalNs: number;

  constructor(parts: ClusterParts & { readonly stream: RandomStream }) {
    this.cluster = new EnvoyCluster({ ...parts, options: { ...parts.options, health_checks: [] } });
    this.thread = this.cluster.method.createThread(parts.stream, 0);
    this.intervalNs = parts.options.outlier_detection?.interval ?? Number.POSITIVE_INFINITY;
    this.nextTickNs = this.intervalNs;
  }

  begin(subject: Subject): EnvoyPassage {
    return this.cluster.begin(subject);
  }

  pick(passage: EnvoyPassage, nowNs: number): number {
    this.advance(nowNs);
    const host = this.thread.chooseHost(passage, nowNs);
    passage.current = host;
    if (host === undefined) return NO_HOST;
    host.inFlight += 1;
    passage.tried.push(host);
    return host.index;
  }

  finish(passage: EnvoyPassage, result: TryResult, nowNs: number): void {
    this.advance(nowNs);
    const host = passage.current!;
    host.inFlight -= 1;
    this.cluster.detector?.putResponse(host, result === TryResult.failed ? 503 : 200, nowNs);
  }

  inFlight(host: number): number {
    return this.cluster.hosts[host]!.inFlight;
  }

  /** As of the last pick or result. */
  available(host: number): boolean {
    return this.cluster.prioritySet.isUsable(this.cluster.hosts[host]!);
  }

  private advance(nowNs: number): void {
    for (; this.nextTickNs <= nowNs; this.nextTickNs += this.intervalNs) {
      this.cluster.detector!.tick(this.nextTickNs);
    }
  }
}
