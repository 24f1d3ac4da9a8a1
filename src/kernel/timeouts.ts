import { invariant } from './invariant.js';
import type { Simulation } from './loop.js';
import type { Handler } from './queue.js';
import { NEVER } from './time.js';

/** Something that can wait in one {@link TimeoutList} at a time; the list owns these four fields. */
export interface Expiring {
  timeoutList: TimeoutList | undefined;
  timeoutAtNs: number;
  timeoutPrevious: Expiring | undefined;
  timeoutNext: Expiring | undefined;
}

/**
 * All waits of one fixed length (every 60 s request timeout, every 1 s pool timeout). Because the length is fixed,
 * deadlines come in the order of insertion: a linked list and one timer do what would be a heap entry per request,
 * almost all of which would be dead when they surface. Add and remove are O(1) and allocate nothing.
 */
export class TimeoutList implements Handler {
  private readonly timer: number;
  private first: Expiring | undefined = undefined;
  private last: Expiring | undefined = undefined;

  /**
   * @param durationNs length of every wait; {@link NEVER} means no timeout at all.
   * @param owner called with `kind` and the item when it expires; the item has left the list by then.
   */
  constructor(
    private readonly simulation: Simulation,
    readonly durationNs: number,
    private readonly owner: Handler,
    private readonly kind: number,
  ) {
    this.timer = simulation.createTimer(this, 7);
  }

  /** The item that waits longest, which will expire first. */
  get oldest(): Expiring | undefined {
    return this.first;
  }

  /** Starts the wait of `item`, which must not be waiting anywhere. */
  add(item: Expiring): void {
    invariant(item.timeoutList === undefined, 'added to a timeout list while waiting in another');
    if (this.durationNs === NEVER) return;
    item.timeoutList = this;
    item.timeoutAtNs = this.simulation.nowNs + this.durationNs;
    item.timeoutPrevious = this.last;
    item.timeoutNext = undefined;
    if (this.last === undefined) {
      this.first = item;
      // A timer that is still set from before rings too early, and finds out.
      if (this.simulation.timerTime(this.timer) === NEVER)
        this.simulation.armTimer(this.timer, item.timeoutAtNs);
    } else {
      this.last.timeoutNext = item;
    }
    this.last = item;
  }

  /**
   * Ends the wait of `item` before it expired. The timer is left as it is: it finds out when it rings, so that an
   * ordinary request costs no heap operation at all.
   */
  remove(item: Expiring): void {
    const previous = item.timeoutPrevious;
    const next = item.timeoutNext;
    if (previous === undefined) this.first = next;
    else previous.timeoutNext = next;
    if (next === undefined) this.last = previous;
    else next.timeoutPrevious = previous;
    item.timeoutList = undefined;
    item.timeoutPrevious = undefined;
    item.timeoutNext = undefined;
  }

  handle(): void {
    const now = this.simulation.nowNs;
    while (this.first !== undefined && this.first.timeoutAtNs <= now) {
      const item = this.first;
      this.remove(item);
      this.owner.handle(this.kind, item);
    }
    if (this.first !== undefined) this.simulation.armTimer(this.timer, this.first.timeoutAtNs);
  }
}

/** Ends the wait of `item`, if it waits anywhere. */
export function cancelTimeout(item: Expiring): void {
  item.timeoutList?.remove(item);
}
