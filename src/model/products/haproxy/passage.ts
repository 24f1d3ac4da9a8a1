import type { Subject } from '../../balancer.js';
import type { Fifo } from '../../fifo.js';
import type { HaproxyServer, Pending } from './server.js';

/** One request on its way through a backend: the part of `struct stream` that the choice of a server needs. */
export class HaproxyPassage {
  /** The server it goes to, or was last sent to: `target`. */
  server: HaproxyServer | undefined = undefined;
  /** True: {@link server} is where it goes next (`SF_ASSIGNED`); false: only where it was. */
  assigned = false;
  /** The server whose slot it holds: `srv_conn`. */
  slot: HaproxyServer | undefined = undefined;
  /** The server on which its connection counts. */
  connection: HaproxyServer | undefined = undefined;
  /** Retries so far: `conn_retries`. */
  retries = 0;
  /** The queue it waits in. */
  queue: Fifo<Pending> | undefined = undefined;
  pending: Pending | undefined = undefined;
  /** True from its first pick to its end: it counts in the backend's `beconn`. */
  counted = false;
  /** True: nothing more is tried. */
  over = false;
  /** True: the next try on the same server must wait for the smaller of 1 s and `timeout connect` first. */
  waits = false;

  constructor(readonly subject: Subject) {}
}
