import type { RandomStream } from '../../../random/stream.js';
import type { Subject } from '../../balancer.js';
import { drawHash64, type Hash64, modulo } from './hash64.js';
import type { EnvoyHost } from './host.js';
import type { EnvoyMethod, EnvoyPassage, ThreadBalancer } from './method.js';
import { type NormalizedHost, normalizeWeights } from './normalized-weights.js';
import type { HostSetWatcher, PrioritySet } from './priority-set.js';
import { priorityAt } from './source-balancer.js';

/** A built ring or table. */
export interface HashTable {
  /** @param attempt picks for the same request that were thrown away. */
  chooseHost(hash: Hash64, attempt: number): EnvoyHost | undefined;
}

/** What consistent hashes differ in. */
export interface HashTableSpec {
  /** The hash of a request; `undefined`: a random one. */
  readonly hash: (subject: Subject) => Hash64 | undefined;
  /** Builds over at least one host; called at every change of hosts or their health. */
  readonly build: (hosts: readonly NormalizedHost[]) => HashTable;
}

const EMPTY: HashTable = { chooseHost: () => undefined };

/**
 * Consistent hashing: one table per priority, which all threads share and which every change builds anew.
 * Source: Envoy, common/thread_aware_lb_impl.cc (`ThreadAwareLoadBalancerBase`).
 */
export class HashMethod implements EnvoyMethod, HostSetWatcher {
  private tables: readonly HashTable[] = [];

  constructor(
    private readonly prioritySet: PrioritySet,
    private readonly spec: HashTableSpec,
  ) {
    this.hostSetChanged();
    prioritySet.watch(this);
  }

  createThread(stream: RandomStream): ThreadBalancer {
    return { chooseHost: (passage) => this.chooseHost(passage, stream) };
  }

  hostSetChanged(): void {
    const { hostSets, loads, settings } = this.prioritySet;
    this.tables = hostSets.map((set, priority) => {
      const whose = loads.panic[priority]! ? 'all' : 'healthy';
      const isLocalityWeighted = settings.localityWeights !== undefined;
      const hosts = normalizeWeights(set, { whose, isLocalityWeighted });
      return hosts.length === 0 ? EMPTY : this.spec.build(hosts);
    });
  }

  private chooseHost(passage: EnvoyPassage, stream: RandomStream): EnvoyHost | undefined {
    const hash = this.spec.hash(passage.subject) ?? drawHash64(stream);
    const table = this.tables[priorityAt(this.prioritySet.loads.load, modulo(hash, 100))]!;
    let host = table.chooseHost(hash, 0);
    for (let attempt = 1; passage.rejects(host, attempt); attempt += 1)
      host = table.chooseHost(hash, attempt);
    return host;
  }
}
