import { NginxWorker, type NginxWorkerParts } from '../nginx/worker.js';
import type { KongRequest } from './proxied-request.js';

/** One worker process of Kong: nginx's, with its number, and with what it does when its loop has turned. */
export class KongWorker extends NginxWorker {
  /** Requests that plugins let pass in the present turn. */
  passed: KongRequest[] = [];

  constructor(
    parts: NginxWorkerParts,
    readonly index: number,
  ) {
    super(parts);
  }
}
