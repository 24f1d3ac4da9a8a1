import type { Exchange } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import { NginxRequest } from '../nginx/proxied-request.js';
import type { NginxWorker } from '../nginx/worker.js';
import type { KongPassage } from './targets.js';

/** A request on its way through Kong: `ngx.ctx`. */
export class KongRequest extends NginxRequest {
  declare passage: KongPassage | undefined;
  /** True once all plugins have let it pass. */
  passedPlugins = false;
  /** What the groups of the route's path have caught. */
  captures: Readonly<Record<string, string>> | undefined = undefined;
  /** Last entry of `$upstream_status`; 0 before a target has answered or failed. */
  upstreamStatus = 0;

  /** @param arrivedNs when it came to its worker. */
  constructor(
    outer: Exchange,
    connection: ClientConnection,
    worker: NginxWorker,
    readonly arrivedNs: number,
  ) {
    super(outer, connection, worker);
  }
}
