import type { Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { Link } from './network.js';

/**
 * How an exchange ended when it did not end with an HTTP status. What the caller makes of it is the caller's business:
 * k6 turns it into an error code, nginx into a retry or a 502.
 */
export const Failure = {
  /** An HTTP response arrived. */
  none: 0,
  /** The connection was refused (RST to the SYN): nobody listens. */
  refused: 1,
  /** The connection was reset before a response was complete. */
  reset: 2,
  /** The peer closed the connection before it answered (EOF). */
  closed: 3,
  /** The caller's own limit for connecting passed. */
  connectTimeout: 4,
  /** The caller's own limit for the answer passed. */
  timeout: 5,
} as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

/** What a station says to a TCP SYN. */
export const Admission = {
  /** The kernel completed the handshake; the connection may still wait in the listen backlog. */
  accepted: 0,
  /** Nobody listens on the port. */
  refused: 1,
  /** The listen backlog is full: Linux drops the SYN, and the caller's kernel sends it again after 1, 2, 4, ... s. */
  dropped: 2,
} as const;
export type Admission = (typeof Admission)[keyof typeof Admission];

/** A request line that some workload or step sends, interned: one object per (method, path, name, headers). */
export interface Endpoint {
  /** Dense number, from 0, for look-up tables. */
  readonly index: number;
  readonly method: string;
  /** Path with query, as it is on the wire. */
  readonly path: string;
  /** k6's `name` tag: the path unless the workload says otherwise. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes on the wire, head included. */
  readonly requestBytes: number;
  /** True: who asks watches the system, and no report counts it. */
  readonly isUncounted?: boolean;
}

/**
 * A TCP connection as its caller sees it. A station that cares to know one request of a connection from the next sets
 * `exchange.connection` when it admits the connection; a caller that keeps the connection hands it to the next exchange.
 */
export interface Connection {
  /** False once the station closed it while it was idle: the caller opens another one instead. */
  readonly open: boolean;
  /** Tells the station that the caller closes it while it is idle; absent where the station does not care. */
  close?(): void;
}

/** Whoever sent an exchange: a client, a balancer, an instance that calls another service. */
export interface Caller {
  /** The exchange is over: `status` or `failure` is set. Called exactly once, unless the caller abandoned it. */
  settle(exchange: Exchange): void;
  /** The station accepts the SYN of an exchange that only connects: the moment to look at it, half way. */
  reached?(exchange: Exchange): void;
}

/** Whoever can be called: a balancer, an instance. */
export interface Station {
  readonly name: string;
  /** What a SYN would meet now. Changes nothing: a probe that only connects is not seen by the server above. */
  listens(): Admission;
  /** A SYN for `exchange` arrives. */
  connect(exchange: Exchange): Admission;
  /** The request arrives over an established connection. Ends, some time later, in one `exchange.answer` or `breakOff`. */
  accept(exchange: Exchange): void;
  /** The caller closed its side before the answer. Work under way may go on; no answer is delivered. */
  abandon(exchange: Exchange): void;
}

/**
 * One HTTP request and its answer between a caller and a station. A request that passes a balancer is two exchanges,
 * one on each side (and one more per retry), the inner with the outer as `parent`.
 *
 * Down by `link.request`, back by `answer`: no station knows what stands two hops away.
 */
export class Exchange implements Expiring {
  /** HTTP status, 0 until answered or when it failed. */
  status = 0;
  failure: Failure = Failure.none;
  /** Bytes of the answer on the wire, head included. */
  responseBytes = 0;
  /** Of these, the body's; 0 where the answer is a page of a proxy's own. */
  bodyBytes = 0;
  /** The instance that answered (what `X-Instance-ID` would say), -1 if none did. */
  servedBy = -1;
  /** Headers of the answer that a script may look at, beside those every answer has; absent where there are none. */
  responseHeaders: Readonly<Record<string, string>> | undefined = undefined;
  /** The body's text, where the model has one; shared, not made for this exchange. */
  responseBody: string | undefined = undefined;
  /** True: a TCP handshake comes first. Set by the caller. */
  needsConnection = true;
  /** True: only the handshake is wanted; the exchange ends with it, and without a status. Set by the caller. */
  connectsOnly = false;
  /** The connection it travels on, if the station keeps account of its connections. */
  connection: Connection | undefined = undefined;
  /** True: the connection is not kept after the answer (HTTP/1.0, `Connection: close`). Set by either side. */
  closesConnection = false;
  /** When the caller asked for a connection. */
  startedNs = 0;
  /** When the connection stood and the request was sent: `startedNs` if it was reused, `NEVER` until it is known. */
  sentNs = 0;
  /** When the answer was complete at the caller, or the failure was known. */
  endedNs = 0;
  /** True once the caller has been told, or has given up: nothing is delivered to it after that. */
  settled = false;
  /** True once the caller gave up (timeout, client gone). */
  abandoned = false;

  /** The caller's own context (a virtual user, a proxied request, a job). */
  context: unknown = undefined;
  /** The station's own context. */
  work: unknown = undefined;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  /**
   * @param keyHigh,keyLow the request's key (32-bit integers): every demand on its way is a function of it, see `KeyedStream`.
   *   Inner exchanges (balancer to instance) carry the key of their parent.
   * @param clientAddress address of the end user, for address hashes.
   */
  constructor(
    readonly caller: Caller,
    readonly link: Link,
    readonly endpoint: Endpoint,
    readonly keyHigh: number,
    readonly keyLow: number,
    readonly parent: Exchange | undefined,
    readonly clientAddress: string,
  ) {}

  /** The station answers. Delivered over the link; dropped if the caller has gone. */
  answer(status: number, responseBytes: number): void {
    this.status = status;
    this.responseBytes = responseBytes;
    this.link.respond(this);
  }

  /** A balancer passes the answer of `inner` on: who made it, and what it says. */
  relay(inner: Exchange): void {
    this.servedBy = inner.servedBy;
    this.bodyBytes = inner.bodyBytes;
    this.responseHeaders = inner.responseHeaders;
    this.responseBody = inner.responseBody;
  }

  /** The station (or its death) breaks the connection without an answer. */
  breakOff(failure: Failure): void {
    this.status = 0;
    this.failure = failure;
    this.closesConnection = true;
    this.link.respond(this);
  }

  /** The caller gives up: it counts as settled now, and the station is told over the link. */
  giveUp(failure: Failure): void {
    this.failure = failure;
    this.settled = true;
    this.abandoned = true;
    this.closesConnection = true;
    this.link.abandon(this);
  }
}
