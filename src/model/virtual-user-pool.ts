import { invariant } from '../kernel/invariant.js';
import { Fifo } from './fifo.js';
import type { VirtualUser } from './virtual-user.js';

/** How many virtual users a test may need (k6's combined execution plan). */
export interface PoolSize {
  /** Initialised before the test starts. */
  readonly plannedVus: number;
  /** Initialised while it runs, when arrival-rate executors run out. */
  readonly unplannedVusMax: number;
}

/**
 * The virtual users of the whole test, k6's one buffer (lib/execution.go: GetPlannedVU, GetUnplannedVU, ReturnVU): taken
 * from the head, given back to the tail, so that ids rotate between ramps and scenarios.
 */
export class VirtualUserPool {
  /** k6's `vus`: those that run. Kept by the executors. */
  activeCount = 0;

  private readonly idle = new Fifo<VirtualUser>();
  private initialised = 0;
  private unplannedLeft: number;

  /** @param createVu makes the VU of an id, from 1. */
  constructor(
    size: PoolSize,
    private readonly createVu: (id: number) => VirtualUser,
  ) {
    this.unplannedLeft = size.unplannedVusMax;
    for (let count = 0; count < size.plannedVus; count += 1) this.idle.push(this.initialise());
  }

  /** k6's `vus_max`: those that exist. */
  get initialisedCount(): number {
    return this.initialised;
  }

  /** The VU that has been idle for longest. */
  take(): VirtualUser {
    const vu = this.idle.shift();
    invariant(vu !== undefined, 'the plan asked for more virtual users than it had reserved');
    return vu;
  }

  /** One more VU than planned: a new one, or an idle one where no more may be made. */
  takeUnplanned(): VirtualUser {
    if (this.unplannedLeft === 0) return this.take();
    this.unplannedLeft -= 1;
    return this.initialise();
  }

  giveBack(vu: VirtualUser): void {
    invariant(!vu.busy, 'a virtual user was given back while it ran');
    this.idle.push(vu);
  }

  private initialise(): VirtualUser {
    this.initialised += 1;
    return this.createVu(this.initialised);
  }
}
