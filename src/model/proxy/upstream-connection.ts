import type { Expiring, TimeoutList } from '../../kernel/timeouts.js';
import type { Connection } from '../exchange.js';
import type { UpstreamHost } from './upstream-host.js';

/** A proxy's connection to a host, in use or idle. */
export class UpstreamConnection implements Expiring {
  /** Requests sent on it. */
  requestCount = 0;
  /** The host's own record of it. */
  connection: Connection | undefined = undefined;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  constructor(
    readonly host: UpstreamHost,
    readonly openedNs: number,
  ) {}
}
