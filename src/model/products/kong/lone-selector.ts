import type { HostAddress, Selector, SelectorContext, Subject } from '../../balancer.js';
import { TryResult } from '../../balancer.js';
import { HealthChecker } from './health-checker.js';
import type { KongOptions } from './options.js';
import { checksOf, createUpstream, writtenHealth } from './settings.js';
import type { KongPassage } from './targets.js';
import type { KongUpstream } from './upstream.js';

/** Status of an answer that nobody looked at. */
const OK = 200;

/**
 * The deciding part of a node with one worker and no active checks. A try that fails counts as a failed connection, any other
 * as an answer with status 200; what passive checks make of it is known at once.
 */
export class LoneSelector implements Selector<KongPassage> {
  private readonly hosts: readonly HostAddress[];
  private readonly upstream: KongUpstream;
  private readonly checker: HealthChecker;
  private nowNs = 0;

  constructor(options: KongOptions, { hosts, stream }: SelectorContext) {
    this.hosts = hosts;
    this.upstream = createUpstream(options, { hosts, stream, changes: new Map(), nowNs: 0 });
    this.checker = new HealthChecker(checksOf(options), (target, isHealthy) => {
      const index = hosts.findIndex(({ name }) => name === target);
      this.upstream.setAvailable(index, isHealthy, this.nowNs);
    });
    for (const [index, host] of hosts.entries()) {
      if (this.upstream.weightOf(index) > 0) this.checker.add(host.name, 0);
      const written = writtenHealth(options, host);
      if (written !== undefined) this.checker.set(host.name, written === 'healthy');
    }
  }

  begin(subject: Subject): KongPassage {
    return this.upstream.begin(subject);
  }

  pick(passage: KongPassage, nowNs: number): number {
    this.nowNs = nowNs;
    if (passage.failed !== undefined) passage.retried = true;
    return this.upstream.pick(passage, nowNs);
  }

  finish(passage: KongPassage, result: TryResult, nowNs: number): void {
    this.nowNs = nowNs;
    const { name } = this.hosts[passage.address!.index]!;
    this.upstream.finish(passage, result, nowNs);
    if (result === TryResult.failed) {
      this.checker.reportTcpFailure('passive', name);
      return;
    }
    if (result !== TryResult.success) return;
    this.checker.reportHttpStatus('passive', name, OK);
    this.upstream.logged(passage, nowNs);
  }

  inFlight(host: number): number {
    return this.upstream.inFlight(host);
  }

  available(host: number): boolean {
    return this.upstream.available(host);
  }
}
