import type { GatewayRequest } from '../../policy.js';
import { ProxiedRequest } from '../../proxy/proxied-request.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { UpstreamPassage, UpstreamView } from './upstream-view.js';
import type { NginxWorker } from './worker.js';

/** A request on its way through nginx: `ngx_http_request_t` with its `upstream`. */
export class NginxRequest extends ProxiedRequest<NginxWorker> {
  passage: UpstreamPassage | undefined = undefined;
  /** When it first asked for a server. */
  upstreamSinceNs = 0;
  /** The configuration it began with: it keeps it over a reload. */
  upstream: UpstreamView | undefined = undefined;
  hosts: readonly UpstreamHost[] = [];
  /** What its policies see of it, where there are any. */
  gateway: GatewayRequest | undefined = undefined;
  /** Policies that have let it pass, or that made it wait. */
  policiesPassed = 0;
}
