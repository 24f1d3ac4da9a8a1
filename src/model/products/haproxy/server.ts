import { Fifo } from '../../fifo.js';
import type { HaproxyPassage } from './passage.js';

/** A server's operational state, in the order of `enum srv_state`: below `running` it is not fully up. */
export const ServerState = { stopped: 0, starting: 1, running: 2, stopping: 3 } as const;
export type ServerState = (typeof ServerState)[keyof typeof ServerState];

/** What an administrator wants of a server: bits of `enum srv_admin`. */
export const Admin = { ready: 0, maint: 1, drain: 2 } as const;

/** `BE_WEIGHT_SCALE`: effective weights are so many times the configured ones. */
export const WEIGHT_SCALE = 16;
/** `SRV_UWGHT_RANGE`: the largest configured weight. */
export const WEIGHT_MAX = 256;
/** `SRV_EWGHT_MAX`. */
export const EFFECTIVE_WEIGHT_MAX = WEIGHT_MAX * WEIGHT_SCALE;

/** Parameters of one `server` line, as far as the choice of a server is concerned. */
export interface ServerParameters {
  /** 0 to 256. */
  readonly weight: number;
  /** 0: no limit. */
  readonly maxconn: number;
  /** 0: the limit does not move. */
  readonly minconn: number;
  /** 0: no limit. */
  readonly maxqueue: number;
  /** Whole seconds. */
  readonly slowstartSeconds: number;
  readonly backup: boolean;
  readonly disabled: boolean;
}

/** State and weight of a server as the trees know it (current), and as it shall be (next). */
export interface ServerStatus {
  state: ServerState;
  /** Bits of {@link Admin}. */
  admin: number;
  /** Effective weight: `cur_eweight` and `next_eweight`. */
  weight: number;
}

/** A request that waits. */
export interface Pending {
  readonly passage: HaproxyPassage;
  /** Millisecond in which it was queued: requests of one millisecond are of the same age. */
  readonly queuedMs: number;
}

/** One server of a backend: `struct server`. */
export class HaproxyServer {
  /** `uweight`: what was configured or set since. */
  weight: number;
  readonly configuredWeight: number;
  maxconn: number;
  minconn: number;
  readonly maxqueue: number;
  readonly slowstartSeconds: number;
  readonly backup: boolean;
  readonly current: ServerStatus;
  readonly next: ServerStatus;
  /** Requests that hold a slot: `served`. */
  served = 0;
  /** Requests with a connection, to be or made: `cur_sess`. */
  connections = 0;
  /** Weight of the servers before it in its group, when these were last counted: for bounded loads. */
  weightBefore = 0;
  /** Second of the last change of state. */
  lastChangeSeconds = 0;
  /** Requests that wait for this very server. */
  readonly queue = new Fifo<Pending>();

  /**
   * @param host position among all hosts of the backend.
   * @param parameters where only one of `maxconn` and `minconn` is given, it is both.
   */
  constructor(
    readonly host: number,
    parameters: ServerParameters,
  ) {
    this.weight = parameters.weight;
    this.configuredWeight = parameters.weight;
    const { maxconn, minconn } = parameters;
    this.maxconn = Math.max(minconn, maxconn);
    this.minconn = minconn === 0 ? maxconn : minconn;
    this.maxqueue = parameters.maxqueue;
    this.slowstartSeconds = parameters.slowstartSeconds;
    this.backup = parameters.backup;
    const state = parameters.disabled ? ServerState.stopped : ServerState.running;
    const admin = parameters.disabled ? Admin.maint : Admin.ready;
    this.current = { state, admin, weight: 0 };
    this.next = { state, admin, weight: 0 };
  }

  /** `puid`: the first server is number 1. Order and hashes go by it. */
  get id(): number {
    return this.host + 1;
  }

  /** True while its slow start lasts. */
  get isWarming(): boolean {
    return this.next.state === ServerState.starting;
  }

  /** True if trees and maps have it. */
  get usable(): boolean {
    return isUsable(this.current);
  }

  /** True if trees and maps shall have it. */
  get willBeUsable(): boolean {
    return isUsable(this.next);
  }

  /** True if there is something to tell trees and maps. */
  get changed(): boolean {
    const { current, next } = this;
    return current.state !== next.state || current.admin !== next.admin || current.weight !== next.weight;
  }

  /** What shall be, is. */
  commit(): void {
    Object.assign(this.current, this.next);
  }
}

function isUsable({ state, admin, weight }: ServerStatus): boolean {
  return (
    weight > 0 && admin === Admin.ready && (state === ServerState.starting || state === ServerState.running)
  );
}
