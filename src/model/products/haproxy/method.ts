import type { AnyField } from '../../../options/fields.js';
import type { AlgorithmPlug } from '../../balancer.js';
import type { HaproxyPassage } from './passage.js';
import type { HaproxyServer } from './server.js';
import type { ServerTable } from './table.js';

/** A balancing algorithm of HAProxy over its {@link ServerTable}. */
export interface HaproxyMethod {
  /** True: weights cannot be changed at run time, but to 0 and back. */
  readonly isStatic?: boolean;
  /**
   * The server for a request; `undefined`: it waits in the backend's queue. Counts nothing.
   * @param avoid the server it was last sent to; taken only where there is no other.
   */
  pick(passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined;
  /** The state or the weight of a server shall be another, `server.next`: brings it into table and order. */
  update(server: HaproxyServer): void;
  /** Effective weight of a server that is warming up for `elapsed` of its `slowstart` seconds, or (`undefined`) is warm. */
  weightOf(server: HaproxyServer, elapsed: number | undefined): number;
  /** A server has got a request, or has lost one. */
  moved?(server: HaproxyServer): void;
}

/** An algorithm as a plug. */
export interface HaproxyMethodPlug<Options extends AnyField = AnyField>
  extends AlgorithmPlug<Options, ServerTable, HaproxyMethod> {
  readonly product: 'haproxy';
  /** True: the same request goes to the same server, so that another one is chosen only where a redispatch is due. */
  readonly hashes: boolean;
  /** True: while requests wait for any server, a new one waits behind them, whatever is free. */
  readonly queuesBehind: boolean;
}
