import type { Handler } from '../kernel/queue.js';
import type { RequestPlan } from '../model/call.js';
import type { VirtualUser } from '../model/virtual-user.js';
import type { ScriptState } from './script-state.js';

/** A request beside the one that is waited for, which has to wait for its turn; forgotten once its iteration is over. */
export class LaterSend implements Handler {
  private readonly serial: number;

  constructor(
    private readonly vu: VirtualUser,
    private readonly state: ScriptState,
    private readonly plan: RequestPlan,
    private readonly event: number,
  ) {
    this.serial = state.serial;
  }

  handle(): void {
    if (this.state.serial === this.serial) this.vu.send(this.plan, this.event);
  }
}
