import type { Simulation } from '../kernel/loop.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { RandomSource, RandomStream } from '../random/stream.js';
import type { EndpointTable } from './endpoint.js';
import type { Station } from './exchange.js';
import type { Link } from './network.js';
import type { Processor } from './processor.js';

/** No host may take the request: it is over. */
export const NO_HOST = -1;
/** The request waits in a queue until a host has room: `SelectorContext.assigned` tells which. */
export const WAITS = -2;

/** How one try on one host ended, as far as the choice of the next host is concerned. */
export const TryResult = {
  /** An answer was relayed, or the client went away: nothing against the host. */
  success: 0,
  /** The try counts against the host. */
  failed: 1,
  /** Another host is asked, but this one did nothing wrong (nginx: a listed 403 or 404). */
  next: 2,
} as const;
export type TryResult = (typeof TryResult)[keyof typeof TryResult];

/** What an algorithm may look at in a request. An `Exchange` is one. */
export interface Subject {
  /** IPv4 or IPv6 address of the end user, or `unix:`. */
  readonly clientAddress: string;
  readonly endpoint: {
    readonly method: string;
    /** With query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** A request of which only a part matters: `GET /` without headers from 127.0.0.1, but for what is given. */
export function plainSubject(given: {
  readonly clientAddress?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Subject {
  const { clientAddress = '127.0.0.1', path = '/', headers = {} } = given;
  return { clientAddress, endpoint: { method: 'GET', path, headers } };
}

/**
 * The part of a balancer that decides: host table, health as results show it, and the algorithm. Pure: no simulation,
 * the clock is handed in, so that picks can be listed and compared with the real program's.
 *
 * One per worker process or thread where these do not share state. `Passage` is the selector's own record of one request
 * on its way through one or more hosts.
 */
export interface Selector<Passage = unknown> {
  /** A request arrives; no host has been tried. */
  begin(subject: Subject): Passage;
  /** Index of the next host to try, {@link NO_HOST} or {@link WAITS}. Counts as in flight there until `finish`. */
  pick(passage: Passage, nowNs: number): number;
  /** The try that `pick` started last is over. */
  finish(passage: Passage, result: TryResult, nowNs: number): void;
  /** Requests in flight on a host. */
  inFlight(host: number): number;
  /** True if a fresh request could be sent to the host now. Changes nothing. */
  available(host: number, nowNs: number): boolean;
}

/** A host as configuration knows it. */
export interface HostAddress {
  /** `api-1`. */
  readonly name: string;
  /** The service it is a replica of: `api`. */
  readonly service: string;
  /** `127.0.0.1:8001`, as a configuration has it: consistent hashes depend on it. */
  readonly address: string;
}

/** A host with the way to it. */
export interface BalancedHost extends HostAddress {
  readonly link: Link;
}

/** What a balancer is made of besides its options. */
export interface BalancerContext {
  readonly simulation: Simulation;
  /** The balancer's own source; every stream is forked from it by name. */
  readonly source: RandomSource;
  readonly sink: MetricsSink;
  /** For requests of the balancer's own: health checks. Endpoints are interned while the balancer is made. */
  readonly endpoints: EndpointTable;
  /** Name of the place: `balancer`. */
  readonly name: string;
  /** In configuration order. */
  readonly hosts: readonly BalancedHost[];
  /** One serial processor per worker process or thread, as many as {@link ProductPlug.workerCount} says. */
  readonly processors: readonly Processor[];
  /** Part of a second that had passed on the wall clock when the run started, ns, for products that count whole seconds; drawn if absent. */
  readonly clockPhaseNs?: number;
}

/** A balancer in simulated time. Callers see a {@link Station}; what follows is for the timeline and the report. */
export interface Balancer extends Station {
  /** Begins what runs by itself, such as active health checks. */
  start(): void;
  /** A host more, last in configuration order. What happens to requests under way is the product's business. */
  addHost(host: BalancedHost): void;
  /** A host less; unknown names are ignored. Requests under way there are finished. */
  removeHost(name: string): void;
  /** Requests that were sent to a host, which may have been removed since, and have not come back. */
  requestsOn(name: string): number;
  /** New server parameters for a host, in the product's words (nginx: `{ weight: 2, down: true }`), checked before. */
  changeHost(name: string, parameters: unknown): void;
  /** The host's process ended: its kernel closed every connection. Requests under way are told by their exchanges. */
  connectionsLost(name: string): void;
}

/** What a selector is made of besides the product's options. */
export interface SelectorContext {
  readonly hosts: readonly HostAddress[];
  /** For algorithms that draw. */
  readonly stream: RandomStream;
  /**
   * A request that waited got a host: it is in flight there from now on; {@link NO_HOST}: none is left, it is over. Never called
   * by products without queues.
   */
  readonly assigned?: ((passage: unknown, host: number) => void) | undefined;
}

/**
 * A balancer product: owns host table, health, retries, timeouts, queues, kept connections and statuses, in its own words.
 * Its options have a key `algorithm` (an `algorithmField`) and a key `upstream` with the server parameters:
 * `{ SERVICE: { weight: 2, servers: { api-2: { weight: 3 } } } }`.
 */
export interface ProductPlug<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  /** The server parameter that is a host's share of the requests (Envoy: `load_balancing_weight`); `weight` unless told. */
  readonly weightKey?: string;
  /** Schema of {@link Balancer.changeHost}'s parameters; each is optional. */
  readonly serverParameters: AnyField;
  /**
   * Server parameters that take a host out for a while, and those that bring it back, for products where it keeps its
   * place meanwhile; absent: it is removed, and added anew.
   */
  readonly aside?: { readonly out: unknown; readonly back: unknown };
  /** Worker processes or threads to make processors for. `cores`: of the balancer's host. */
  workerCount(options: Checked<Options>, cores: number): number;
  create(options: Checked<Options>, context: BalancerContext): Balancer;
  /** The deciding part alone, as one worker has it. */
  createSelector(options: Checked<Options>, context: SelectorContext): Selector;
}

/** What an algorithm is made of besides its options. `Table` is the product's host table. */
export interface AlgorithmContext<Table> {
  readonly table: Table;
  readonly stream: RandomStream;
}

/** How `sim picks --keys` gives a key to an algorithm. */
export interface KeyedRequests {
  /** Options under which {@link subject} is hashed by its key alone; used where none are given. */
  readonly options: unknown;
  /** A request with that key. */
  subject(key: string): Subject;
}

/**
 * An algorithm: owns the pick, over its product's host table. It works for one product only, because what a weight, a
 * failure or a tie means differs between them; `Method` is the product's port for it.
 */
export interface AlgorithmPlug<Options extends AnyField = AnyField, Table = unknown, Method = unknown>
  extends PlugDescription<Options> {
  /** Name of the product's plug. */
  readonly product: string;
  /** The product's own word for it: `least_conn`. The plug's `name` has the product before it: `nginx-least-conn`. */
  readonly word: string;
  /** For algorithms that hash: how a bare key becomes what they hash. Absent: they look at no key. */
  readonly keyed?: KeyedRequests;
  /** Options as the product's configuration has them behind the word: `$request_uri consistent`, `2`; unchecked, `undefined` if not understood. */
  maybeOptions?(words: string): unknown;
  create(options: Checked<Options>, context: AlgorithmContext<Table>): Method;
}
