import type { Exchange } from '../../exchange.js';
import type { ClientConnection } from './client-connection.js';
import type { UpstreamConnection } from './keepalive-cache.js';
import type { NginxPassage } from './peers.js';
import type { NginxUpstream } from './upstream.js';
import type { UpstreamHost } from './upstream-host.js';
import type { NginxWorker } from './worker.js';

/** Where a request stands. */
export const Phase = {
  /** Waits for the event loop, unread. */
  unread: 0,
  /** A server has it. */
  upstream: 1,
  /** The answer of a server (or its failure) waits for the event loop. */
  answered: 2,
  done: 3,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** A request of a client on its way through nginx: `ngx_http_request_t` with its `upstream`. */
export class ProxiedRequest {
  phase: Phase = Phase.unread;
  /** The exchange with the present server. */
  inner: Exchange | undefined = undefined;
  /** Its connection. */
  upstreamConnection: UpstreamConnection | undefined = undefined;
  host: UpstreamHost | undefined = undefined;
  passage: NginxPassage | undefined = undefined;
  /** When it first asked for a server. */
  upstreamSinceNs = 0;
  /** The configuration it began with: it keeps it over a reload. */
  upstream: NginxUpstream;
  hosts: readonly UpstreamHost[];
  /** CPU of the loop for every answer, ns. */
  responseDemandNs = 0;

  constructor(
    readonly outer: Exchange,
    readonly connection: ClientConnection,
    readonly worker: NginxWorker,
    hosts: readonly UpstreamHost[],
  ) {
    this.upstream = worker.upstream;
    this.hosts = hosts;
  }
}
