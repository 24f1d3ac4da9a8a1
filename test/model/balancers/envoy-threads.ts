import { plainSubject, type Subject } from '../../../src/model/balancer.js';
import { balancers } from '../../../src/model/balancers/index.js';
import type { EnvoyHost } from '../../../src/model/products/envoy/host.js';
import {
  type EnvoyMethodPlug,
  EnvoyPassage,
  type HostSelection,
  type ThreadBalancer,
} from '../../../src/model/products/envoy/method.js';
import type { PrioritySet, SharingSettings } from '../../../src/model/products/envoy/priority-set.js';
import { check } from '../../../src/options/fields.js';
import type { RandomStream } from '../../../src/random/stream.js';
import { createHost, createPrioritySet, type HostGiven } from '../products/envoy/hosts.js';

/** Envoy's mocked `random()`: what a test says it returns, again and again; each value is two draws, upper half first. */
export class ScriptedStream implements RandomStream {
  private position = 0;

  constructor(private values: readonly number[]) {}

  next(): number {
    const half = this.position % 2;
    const value = this.values[Math.floor(this.position / 2) % this.values.length]!;
    this.position += 1;
    return half === 0 ? 0 : value / 4_294_967_296;
  }

  nextDouble(): number {
    throw new Error('Envoy draws whole numbers');
  }

  /** From now on these. */
  script(...values: number[]): void {
    this.values = values;
    this.position = 0;
  }
}

/** What a thread is made of besides its hosts. */
export interface ThreadGiven {
  readonly options?: Record<string, unknown>;
  readonly stream?: RandomStream;
  readonly settings?: Partial<SharingSettings>;
  readonly selection?: HostSelection;
}

/** One worker thread with one policy over hosts a, b, c, ... */
export class Thread {
  readonly hosts: EnvoyHost[];
  readonly prioritySet: PrioritySet;
  nowNs = 0;
  private readonly balancer: ThreadBalancer;
  private readonly selection: HostSelection;

  constructor(word: string, given: readonly HostGiven[], more: ThreadGiven = {}) {
    const plug = balancers.find((candidate) => candidate.word === word) as unknown as EnvoyMethodPlug;
    const checked = check(plug.options, more.options ?? {});
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    const stream = more.stream ?? new ScriptedStream([0]);
    this.hosts = given.map((host, index) => createHost({ port: 80 + index, ...host }));
    this.prioritySet = createPrioritySet(this.hosts, more.settings);
    this.selection = more.selection ?? { avoidsTried: false, attemptsMax: 1 };
    this.balancer = plug.create(checked.value, { table: this.prioritySet, stream }).createThread(stream, 0);
  }

  /** A request that has been nowhere. */
  begin(subject: Subject = plainSubject({})): EnvoyPassage {
    return new EnvoyPassage(subject, this.selection);
  }

  /** Index of the host for it, -1 for none. */
  pick(passage: EnvoyPassage = this.begin()): number {
    const host = this.balancer.chooseHost(passage, this.nowNs);
    return host === undefined ? -1 : this.hosts.indexOf(host);
  }

  picks(count: number): number[] {
    return Array.from({ length: count }, () => this.pick());
  }

  /** Requests in flight, by host. */
  active(...counts: number[]): void {
    for (const [index, count] of counts.entries()) this.hosts[index]!.inFlight = count;
  }

  /** A host's health changes. */
  setHealthy(index: number, healthy: boolean): void {
    this.hosts[index]!.failedActiveCheck = !healthy;
    this.prioritySet.healthChanged(this.hosts[index]!, this.nowNs);
  }
}
