import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import type { IterationHost, VirtualUser } from './virtual-user.js';
import type { Executor, ExecutorContext, VuStep } from './workload.js';

/** How long the user of a slot pauses between two iterations. */
export interface Pacing {
  /** A new user is in the slot, now. */
  begin(slot: number, nowNs: number): void;
  /** Its iteration is over: the pause until the next, in whole ns. */
  pauseNs(slot: number, nowNs: number): number;
}

/** Which slots have a user when. */
export interface SlotPlan {
  /** How many are wanted: ascending in time, the last at 0. */
  readonly steps: readonly VuStep[];
  /** How many may exist, those included that finish their iteration; the same. */
  readonly reservations: readonly VuStep[];
  /** No pauses if absent. */
  readonly pacing?: Pacing | undefined;
  /** Whether a virtual user that gets a slot has its connections yet, or is a new user. */
  readonly users: 'kept' | 'new';
}

/**
 * The ramping-vus executor (k6 v1.8.1, lib/executor/ramping_vus.go and vu_handle.go). Virtual users occupy slots: going up
 * fills the lowest free one from the pool, going down lets the highest finish its iteration; a slot that is wanted again
 * before that keeps its VU. Where the reservation falls below a slot, its VU is interrupted. A VU that pauses has nothing to finish.
 *
 * Of several steps at one instant only the last counts: in k6 it is a race whether the VUs between them do anything.
 * The keys of iterations belong to the slot, not to the VU: which VU a slot gets depends on the system, its keys do not.
 */
export class RampingSlots implements Executor, IterationHost {
  nextNs: number;

  private readonly slots: (VirtualUser | undefined)[] = [];
  private readonly streams: RandomStream[] = [];
  private readonly pauses: (Pause | undefined)[] = [];
  private stepIndex = 0;
  private reservationIndex = 0;
  /** What the plan wants, and what has been applied of it: they differ only between the two rounds of an instant. */
  private wanted = 0;
  private applied = 0;
  private runningCount = 0;

  constructor(
    private readonly plan: SlotPlan,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs;
  }

  stopDue(): void {
    const elapsedNs = this.context.simulation.nowNs - this.context.startNs;
    const { steps, reservations } = this.plan;
    while (this.stepIndex < steps.length && steps[this.stepIndex]!.atNs <= elapsedNs) {
      this.wanted = steps[this.stepIndex]!.vus;
      this.stepIndex += 1;
    }
    while (this.wanted < this.applied) {
      this.applied -= 1;
      if (this.pauses[this.applied] !== undefined) this.release(this.slots[this.applied]!);
    }
    while (this.reservationIndex < reservations.length) {
      const reservation = reservations[this.reservationIndex]!;
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
      const { simulation } = this.context;
      const pauseNs = this.plan.pacing?.pauseNs(vu.slot, simulation.nowNs) ?? 0;
      if (pauseNs > 0) {
        this.pauses[vu.slot] = new Pause(simulation, pauseNs, () => this.pauseEnded(vu));
        return false;
      }
      const stream = this.streamOf(vu.slot);
      vu.nextIteration(drawInt32(stream), drawInt32(stream));
      return true;
    }
    this.release(vu);
    this.moveOn();
    return false;
  }

  private pauseEnded(vu: VirtualUser): void {
    if (this.nextNs <= this.context.simulation.nowNs) this.stopDue();
    if (this.pauses[vu.slot] === undefined) return;
    this.pauses[vu.slot] = undefined;
    const stream = this.streamOf(vu.slot);
    vu.startIteration(drawInt32(stream), drawInt32(stream));
  }

  private start(slot: number): void {
    const { pool, scenario, behaviour } = this.context;
    const vu = pool.take();
    pool.activeCount += 1;
    this.runningCount += 1;
    this.slots[slot] = vu;
    vu.assign(scenario, slot, behaviour, this);
    if (this.plan.users === 'new') vu.connections.clear();
    this.plan.pacing?.begin(slot, this.context.simulation.nowNs);
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
    this.pauses[vu.slot]?.cancel();
    this.pauses[vu.slot] = undefined;
    this.runningCount -= 1;
    this.context.pool.activeCount -= 1;
    this.context.pool.giveBack(vu);
  }

  /** Sets `nextNs`, or finishes: after the last step, as soon as no VU runs. */
  private moveOn(): void {
    if (this.nextNs === NEVER) return;
    if (this.applied < this.wanted) return;
    const { steps, reservations } = this.plan;
    if (this.stepIndex === steps.length && this.runningCount === 0) {
      this.nextNs = NEVER;
      this.context.finished();
      return;
    }
    const stepNs = steps[this.stepIndex]?.atNs ?? NEVER;
    const reservationNs = reservations[this.reservationIndex]?.atNs ?? NEVER;
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

/** A pause of one user. Events cannot be taken back: a pause that is cancelled rings in vain. */
class Pause implements Handler {
  private ended: (() => void) | undefined;

  constructor(simulation: Simulation, durationNs: number, ended: () => void) {
    this.ended = ended;
    simulation.after(durationNs, this, 0);
  }

  cancel(): void {
    this.ended = undefined;
  }

  handle(): void {
    this.ended?.();
  }
}
