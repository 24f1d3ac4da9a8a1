import type { Selector } from '../../balancer.js';
import type { UpstreamConnection } from '../../proxy/upstream-connection.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';

/** A request on its way through the servers, as far as the proxy itself looks at it. */
export interface UpstreamPassage {
  /** How often it may still be sent, the present try included. */
  tries: number;
}

/** What a worker knows of the servers: nginx's own `upstream`, or that of a product built on nginx. */
export type UpstreamView = Selector<UpstreamPassage>;

/** The idle upstream connections of one worker. */
export interface IdleConnections {
  /** Takes one to `host` that is still open; `undefined` if there is none. */
  take(host: UpstreamHost): UpstreamConnection | undefined;
  /** Keeps a connection whose answer is complete, or closes it. */
  save(connection: UpstreamConnection): void;
  /** Closes the idle connections to `host`, or to all hosts. */
  closeAll(host?: UpstreamHost): void;
}
