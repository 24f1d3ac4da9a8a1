import type { Exchange } from '../exchange.js';
import type { ClientConnection } from './client-connection.js';
import type { UpstreamConnection } from './upstream-connection.js';
import type { UpstreamHost } from './upstream-host.js';
import type { ProxyWorker } from './worker.js';

/** Where a request stands. */
export const Phase = {
  /** Waits for the event loop, unread. */
  unread: 0,
  /** The proxy holds it back: it waits in a queue, for a retry, for a limit. */
  held: 1,
  /** A server has it. */
  upstream: 2,
  /** The answer of a server (or its failure) waits for the event loop. */
  answered: 3,
  done: 4,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** A request of a client on its way through a proxy. Products add what they keep of it in a class of their own. */
export class ProxiedRequest<Worker extends ProxyWorker = ProxyWorker> {
  phase: Phase = Phase.unread;
  /** The exchange with the present server. */
  inner: Exchange | undefined = undefined;
  /** Its connection. */
  upstreamConnection: UpstreamConnection | undefined = undefined;
  host: UpstreamHost | undefined = undefined;
  /** CPU of the loop for every answer, ns. */
  responseDemandNs = 0;

  constructor(
    readonly outer: Exchange,
    readonly connection: ClientConnection,
    readonly worker: Worker,
  ) {}
}
