import { ProxiedRequest } from '../../proxy/proxied-request.js';
import type { PlainPassage } from './selector.js';
import type { Dispatcher } from './worker.js';

/** A request on its way through a dispatcher. */
export class PlainRequest extends ProxiedRequest<Dispatcher> {
  passage: PlainPassage | undefined = undefined;
  retriesLeft = 0;
}
