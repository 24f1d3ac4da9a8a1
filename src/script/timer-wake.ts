import type { Handler } from '../kernel/queue.js';
import type { VirtualUser } from '../model/virtual-user.js';
import type { ScriptState } from './script-state.js';

/** Whoever hears that a timer has rung. */
export interface TimerOwner {
  stateOf(vu: VirtualUser): ScriptState;
  rang(vu: VirtualUser, event: number): void;
}

/** The end of a timer of a script; of no interest once its iteration is over. */
export class TimerWake implements Handler {
  constructor(
    private readonly run: TimerOwner,
    private readonly vu: VirtualUser,
    private readonly event: number,
    private readonly serial: number,
  ) {}

  handle(): void {
    if (this.run.stateOf(this.vu).serial !== this.serial) return;
    this.run.rang(this.vu, this.event);
  }
}
