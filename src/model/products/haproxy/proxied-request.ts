import type { Expiring, TimeoutList } from '../../../kernel/timeouts.js';
import { ProxiedRequest } from '../../proxy/proxied-request.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { HaproxyBackend } from './backend.js';
import type { HealthChecks } from './health-checks.js';
import type { HaproxyPassage } from './passage.js';
import type { HaproxyWorker } from './worker.js';

/** The process that a request began with: it keeps it over a reload. */
export interface Generation {
  readonly backend: HaproxyBackend;
  readonly checks: HealthChecks;
  readonly hosts: readonly UpstreamHost[];
}

/** A request on its way through HAProxy: `struct stream`. While it waits in a queue or for a retry, it stands in a timeout list. */
export class HaproxyRequest extends ProxiedRequest<HaproxyWorker> implements Expiring {
  generation: Generation | undefined = undefined;
  passage: HaproxyPassage | undefined = undefined;
  /** True: it is not the first on its connection. */
  isLater = false;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;
}
