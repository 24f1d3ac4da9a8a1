import type { Expiring, TimeoutList } from '../../../kernel/timeouts.js';
import { ProxiedRequest } from '../../proxy/proxied-request.js';
import type { EnvoyHost } from './host.js';
import type { EnvoyPassage } from './method.js';
import type { EnvoyWorker } from './worker.js';

/** A request on its way through Envoy: the router filter with its retry state. */
export class EnvoyRequest extends ProxiedRequest<EnvoyWorker> implements Expiring {
  passage: EnvoyPassage | undefined = undefined;
  /** The host of the present try. */
  chosen: EnvoyHost | undefined = undefined;
  /** When it was read. */
  readNs = 0;
  /** Tries that may still follow. */
  retriesLeft = 0;
  /** Tries that followed. */
  retries = 0;
  /** True once anything of it was sent to a host. */
  hasStarted = false;
  /** True while it counts against `max_retries`. */
  holdsRetry = false;
  /** The route's timeout has passed. */
  timedOut = false;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;
}
