import type { Handler } from '../kernel/queue.js';

/** Somebody who sleeps. */
interface Sleeper {
  resume(): void;
}

/** The end of a sleep. Events cannot be taken back: an interrupted VU leaves its wake-up behind, cut loose. */
export class WakeUp implements Handler {
  constructor(public vu: Sleeper | undefined) {}

  handle(): void {
    this.vu?.resume();
  }
}
