import type { Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { ClientManners } from './client-manners.js';
import { type Endpoint, type Exchange, Failure } from './exchange.js';
import type { IdleConnections } from './idle-connections.js';

/** k6's error codes (lib/netext/httpext/error_codes.go), as far as the model can cause them. */
export const ErrorCode = {
  none: 0,
  /** `EOF`: closed before an answer. */
  other: 1000,
  requestTimeout: 1050,
  /** `lookup: no such host`. */
  noSuchHost: 1101,
  blacklistedIp: 1110,
  blockedHostname: 1111,
  dialTimeout: 1211,
  dialRefused: 1212,
  resetByPeer: 1220,
  /** Added to a status of 400 and above. */
  httpBase: 1000,
} as const;

/** What a call sends and how it is judged: fixed when the iteration is compiled. */
export interface RequestPlan {
  readonly endpoint: Endpoint;
  /** Index into the client's targets; below 0 where nobody is: less the error code that the call ends with. */
  readonly target: number;
  /** Whole call, connecting included; `NEVER` for none. */
  readonly timeoutNs: number;
  /** 1 at the statuses that are expected; others make `http_req_failed` 1. See `expectedStatuses`. Absent: k6's `responseCallback: null`. */
  readonly expected: Uint8Array | undefined;
  /** What its samples say went wrong where nobody is at the target; k6's text for the error code if absent. */
  readonly error?: string | undefined;
  /** Tags of its samples beside those that every request has; absent for none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Of the load generator that sends it; k6's if absent. */
  readonly manners?: ClientManners | undefined;
}

/** Whoever makes calls: a virtual user. */
export interface CallOwner {
  /** Address that hashes see. */
  readonly address: string;
  readonly scenario: string;
  readonly group: string;
  readonly connections: IdleConnections;
  /** Bytes on its sockets since it last reported them; the client adds to both. */
  sentBytes: number;
  receivedBytes: number;
  /** The call is over, and its results are set. May be called before {@link HttpClient.begin} returns. */
  callEnded(call: Call): void;
}

/** One `http.request` of k6 and its result; used again for the owner's next one. */
export class Call implements Expiring {
  /** HTTP status, 0 without an answer. */
  status = 0;
  /** See {@link ErrorCode}. */
  errorCode = 0;
  responseBytes = 0;
  /** Of these, the body's. */
  bodyBytes = 0;
  /** Index of the instance that answered, -1 if none. */
  servedBy = -1;
  /** k6's `timings.blocked` (and `connecting`): until the connection stood; 0 if it was reused or never stood. */
  blockedNs = 0;
  /** k6's `timings.duration`: from the sent request to the end of the answer; excludes connecting. */
  durationNs = 0;

  /** Headers of the answer; see {@link Exchange.responseHeaders}. */
  responseHeaders: Readonly<Record<string, string>> | undefined = undefined;
  /** The body's text, where the model has one. */
  responseBody: string | undefined = undefined;

  plan: RequestPlan | undefined = undefined;
  /** The owner's group when the call began: it may have left it since. */
  group = '';
  /** The exchange under way; none while the load generator computes before it, and after the call. */
  exchange: Exchange | undefined = undefined;
  /** The owner's own; see `VirtualUser.send`. */
  context: unknown = undefined;
  keyHigh = 0;
  keyLow = 0;
  retried = false;
  /** The owner was interrupted: nothing is reported any more. */
  cancelled = false;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  constructor(readonly owner: CallOwner) {}
}

/** k6's error code of an exchange that is over. */
export function errorCodeOf(exchange: Exchange): number {
  switch (exchange.failure) {
    case Failure.none:
      return exchange.status >= 400 ? ErrorCode.httpBase + exchange.status : ErrorCode.none;
    case Failure.refused:
      return ErrorCode.dialRefused;
    case Failure.reset:
      return ErrorCode.resetByPeer;
    case Failure.connectTimeout:
      return ErrorCode.dialTimeout;
    case Failure.timeout:
      return ErrorCode.requestTimeout;
    default:
      return ErrorCode.other;
  }
}

/** Where the status is not one of those expected, or the generator has more to say. */
export function isFailure(call: Call): boolean {
  const { expected, manners } = call.plan!;
  const isUnexpected = expected !== undefined && expected[call.status] !== 1;
  return manners?.isFailure?.(call) === true || isUnexpected;
}
