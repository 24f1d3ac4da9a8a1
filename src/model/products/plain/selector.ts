import { NO_HOST, type Selector, type Subject, type TryResult } from '../../balancer.js';
import { type PlainEnding, PlainHost, type PlainServer } from './host.js';
import type { PlainMethod, PlainTable } from './method.js';
import type { Fleet } from './server-state.js';

/** A request of one dispatcher. */
export class PlainPassage {
  host: PlainHost | undefined = undefined;
  pickedNs = 0;
  /** Requests of others that its server had in flight when it was sent. */
  othersInFlight = 0;
  /** Of the answer to the try that ends next, set by who has it; 0 where there was none. */
  status = 0;
  retryAfterNs = 0;

  constructor(readonly subject: Subject) {}
}

/** What a selector of a plain product is made of. */
export interface PlainSelectorParts {
  readonly servers: readonly PlainServer[];
  readonly fleet: Fleet;
  /** Makes the algorithm over the table. */
  readonly createMethod: (table: PlainTable) => PlainMethod;
  /** Sends a probe; its answer comes to `selector.method.probed`. */
  readonly probe: (selector: PlainSelector, host: PlainHost) => void;
}

/** One dispatcher's host table: who is there, what is in flight there, and the algorithm. */
export class PlainSelector implements Selector<PlainPassage>, PlainTable {
  /** Those that are not down. */
  hosts: readonly PlainHost[] = [];
  readonly fleet: Fleet;
  readonly method: PlainMethod;
  /** All, in configuration order. */
  private all: readonly PlainHost[] = [];

  constructor(private readonly parts: PlainSelectorParts) {
    this.fleet = parts.fleet;
    this.method = parts.createMethod(this);
    this.update(parts.servers, 0);
  }

  /** Another configuration; hosts of a name that was there keep what is known of them. */
  update(servers: readonly PlainServer[], nowNs: number): void {
    const known = new Map(this.all.map((host) => [host.name, host]));
    for (const host of this.all) {
      host.index = -1;
      host.position = -1;
    }
    this.all = servers.map((server, index) => {
      const host = known.get(server.name) ?? new PlainHost(server.name, this.fleet.server(server.name));
      host.index = index;
      host.weight = server.weight;
      host.down = server.down;
      return host;
    });
    this.hosts = this.all.filter((host) => !host.down);
    for (const [position, host] of this.hosts.entries()) host.position = position;
    this.method.rebuild(nowNs);
  }

  begin(subject: Subject): PlainPassage {
    return new PlainPassage(subject);
  }

  pick(passage: PlainPassage, nowNs: number): number {
    const host = this.method.pick(nowNs);
    passage.host = host;
    if (host === undefined) return NO_HOST;
    passage.pickedNs = nowNs;
    passage.othersInFlight = host.server.inFlight;
    passage.status = 0;
    passage.retryAfterNs = 0;
    host.inFlight += 1;
    this.fleet.begin(host.server);
    this.method.picked?.(host, nowNs);
    return host.index;
  }

  finish(passage: PlainPassage, result: TryResult, nowNs: number): void {
    const host = passage.host!;
    passage.host = undefined;
    const elapsedNs = nowNs - passage.pickedNs;
    host.inFlight -= 1;
    host.server.latencies?.add(passage.othersInFlight, elapsedNs);
    const { status, retryAfterNs } = passage;
    const ending: PlainEnding = { result, elapsedNs, status, retryAfterNs };
    host.estimate?.ended(ending, nowNs);
    this.method.ended?.(host, ending, nowNs);
    this.fleet.end(host.server);
  }

  inFlight(host: number): number {
    return this.all[host]!.inFlight;
  }

  available(host: number): boolean {
    const { down, open } = this.all[host]!;
    return open && !down;
  }

  /** The dispatcher's record of a host. */
  hostAt(index: number): PlainHost {
    return this.all[index]!;
  }

  probe(host: PlainHost): void {
    this.parts.probe(this, host);
  }
}
