import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import { type Ramp, rampReservations, rampSteps } from './ramp.js';
import type { IterationHost, VirtualUser } from './virtual-user.js';
import type { Executor, ExecutorContext, VuStep } from './workload.js';

/**
 * The ramping-vus executor (k6 v1.8.1, lib/executor/ramping_vus.go and vu_handle.go). Virtual users occupy slots: going up
 * fills the lowest free one from the pool, going down lets the highest finish its iteration; a slot that is wanted again
 * before that keeps its VU. Where the reservation falls below a slot, its VU is interrupted.
 *
 * Of several steps at one instant only the last counts: in k6 it is a race whether the VUs between them do anything.
 * The keys of iterations belong to the slot, not to the VU: which VU a slot gets depends on the system, its keys do not.
 */
export class RampingSlots implements Executor, IterationHost {
  nextNs: number;

  private readonly steps: readonly VuStep[];
  private readonly reservations: readonly VuStep[];
  private readonly slots: (VirtualUser | undefined)[] = [];
  private readonly streams: RandomStream[] = [];
  private stepIndex = 0;
  private reservationIndex = 0;
  /** What the plan wants, and what has been applied of it: they differ only between the two rounds of an instant. */
  private wanted = 0;
  private applied = 0;
  private runningCount = 0;

  constructor(
    ramp: Ramp,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs;
    this.steps = rampSteps(ramp);
    this.reservations = rampReservations(ramp);
  }

  stopDue(): void {
    const elapsedNs = this.context.simulation.nowNs - this.context.startNs;
    while (this.stepIndex < this.steps.length && this.steps[this.stepIndex]!.atNs <= elapsedNs) {
      this.wanted = this.steps[this.stepIndex]!.vus;
      this.stepIndex += 1;
    }
    if (this.wanted < this.applied) this.applied = this.wanted;
    while (this.reservationIndex < this.reservations.length) {
      const reservation = this.reservations[this.reservationIndex]!;
      if (reservation.atNs > elapsedNs) break;
      this.reservationIndex += 1;
      this.interruptFrom(reservation.vus);
    }
    this.moveOn();
  }

  startDue(): void {
    // A VU that ends at once may not change `wanted`: that only the clock does.
    for (; this.applied < this.wanted; this.applied += 1) {
      if (this.slots[this.applied] === undefined) this.start(this.applied);
    }
    this.moveOn();
  }

  iterationEnded(vu: VirtualUser): boolean {
    // Steps at this very instant come first: a VU whose iteration ends when its slot stops does not start another.
    if (this.nextNs <= this.context.simulation.nowNs) this.stopDue();
    if (this.slots[vu.slot] !== vu) return false;
    if (vu.slot < this.wanted) {
      const stream = this.streamOf(vu.slot);
      vu.nextIteration(drawInt32(stream), drawInt32(stream));
      return true;
    }
    this.release(vu);
    this.moveOn();
    return false;
  }

  private start(slot: number): void {
    const { pool, scenario, behaviour } = this.context;
    const vu = pool.take();
    pool.activeCount += 1;
    this.runningCount += 1;
    this.slots[slot] = vu;
    vu.assign(scenario, slot, behaviour, this);
    const stream = this.streamOf(slot);
    vu.startIteration(drawInt32(stream), drawInt32(stream));
  }

  private interruptFrom(slotCount: number): void {
    for (let slot = this.slots.length - 1; slot >= slotCount; slot -= 1) {
      const vu = this.slots[slot];
      if (vu === undefined) continue;
      vu.interrupt();
      this.release(vu);
    }
  }

  private release(vu: VirtualUser): void {
    this.slots[vu.slot] = undefined;
    this.runningCount -= 1;
    this.context.pool.activeCount -= 1;
    this.context.pool.giveBack(vu);
  }

  /** Sets `nextNs`, or finishes: after the last step, as soon as no VU runs. */
  private moveOn(): void {
    if (this.nextNs === NEVER) return;
    if (this.applied < this.wanted) return;
    if (this.stepIndex === this.steps.length && this.runningCount === 0) {
      this.nextNs = NEVER;
      this.context.finished();
      return;
    }
    const stepNs = this.steps[this.stepIndex]?.atNs ?? NEVER;
    const reservationNs = this.reservations[this.reservationIndex]?.atNs ?? NEVER;
    this.nextNs = this.context.startNs + Math.min(stepNs, reservationNs);
  }

  private streamOf(slot: number): RandomStream {
    let stream = this.streams[slot];
    if (stream === undefined) {
      stream = this.context.source.stream(`vu/${slot}/iterations`);
      this.streams[slot] = stream;
    }
    return stream;
  }
}
