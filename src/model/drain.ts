import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_MS } from '../kernel/time.js';
import type { Rotation } from './failure.js';
import type { Instance } from './instance.js';

/** How often it is looked whether requests are under way still, as a deployment script does. */
const LOOK_EVERY_NS = 100 * NS_PER_MS;

/** Waits until an instance that left the balancer has nothing to do. */
export class Drain implements Handler {
  private deadlineNs = 0;

  /** @param rotation `undefined`: only the instance itself is looked at. */
  constructor(
    private readonly simulation: Simulation,
    private readonly rotation: Rotation | undefined,
    private readonly instance: Instance,
    private readonly done: () => void,
  ) {}

  /** Calls `done` when no request is under way, or after `drainNs`; at once where that is 0. */
  begin(drainNs: number): void {
    this.deadlineNs = this.simulation.nowNs + drainNs;
    this.handle();
  }

  handle(): void {
    const waitNs = Math.min(LOOK_EVERY_NS, this.deadlineNs - this.simulation.nowNs);
    const underWay = this.instance.inFlight + (this.rotation?.requestsOn(this.instance) ?? 0);
    if (underWay === 0 || waitNs === 0) this.done();
    else this.simulation.after(waitNs, this, 0);
  }
}
