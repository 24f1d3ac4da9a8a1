import { Fingerprint } from './fingerprint.js';
import { invariant } from './invariant.js';
import { type EventQueue, type Handler, SlotQueue } from './queue.js';
import { NEVER } from './time.js';
import { Timers } from './timers.js';

/**
 * The clock and the run loop. Two sources of events share one sequence counter: the queue (fire and forget) and the
 * timers (one movable alarm per owner); of both, the earlier (time, sequence) fires next.
 *
 * Nothing here knows what a request is. A handler and a payload are the event: no closure is made per event.
 */
export class Simulation {
  /** The current time in ns; never goes back. */
  nowNs = 0;
  /** Events fired so far, timers included. */
  eventCount = 0;
  /** Hash of every fired event's time and kind; the model may mix outcomes in. */
  readonly fingerprint = new Fingerprint();

  private readonly queue: EventQueue;
  private readonly timers = new Timers();
  private sequence = 0;
  private stopped = false;

  constructor(queue: EventQueue = new SlotQueue()) {
    this.queue = queue;
  }

  /** Fires `handler.handle(kind, payload)` at `atNs` (whole ns, not in the past). O(log n), allocates nothing. */
  schedule(atNs: number, handler: Handler, kind: number, payload: unknown = undefined): void {
    if (!(atNs >= this.nowNs)) invariant(false, `scheduled at ${atNs} ns, before now (${this.nowNs} ns)`);
    this.queue.push(atNs, this.sequence++, handler, kind, payload);
  }

  /** {@link schedule} `delayNs` from now. */
  after(delayNs: number, handler: Handler, kind: number, payload: unknown = undefined): void {
    this.schedule(this.nowNs + delayNs, handler, kind, payload);
  }

  /** Creates a movable alarm for `handler`; see {@link armTimer}. */
  createTimer(handler: Handler, kind: number, payload: unknown = undefined): number {
    return this.timers.create(handler, kind, payload);
  }

  /** Sets or moves an alarm to `atNs`; {@link NEVER} takes it back. It rings once. */
  armTimer(id: number, atNs: number): void {
    if (atNs === NEVER) {
      this.timers.disarm(id);
      return;
    }
    if (!(atNs >= this.nowNs)) invariant(false, `timer armed for ${atNs} ns, before now (${this.nowNs} ns)`);
    this.timers.arm(id, atNs, this.sequence++);
  }

  /** Takes an alarm back; nothing happens when it was not set. */
  disarmTimer(id: number): void {
    this.timers.disarm(id);
  }

  /** When the alarm rings, {@link NEVER} if it is not set. */
  timerTime(id: number): number {
    return this.timers.timeOf(id);
  }

  /** Gives a timer back for good. */
  releaseTimer(id: number): void {
    this.timers.release(id);
  }

  /** Ends {@link run} after the current event. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Fires events in order up to and including `untilNs`, until none is left, or until {@link stop}; at most `eventsMax` of
   * them, so that a caller can look up now and then. In how many pieces a run is made changes nothing.
   */
  run(untilNs: number = NEVER, eventsMax: number = Number.POSITIVE_INFINITY): void {
    const queue = this.queue;
    const timers = this.timers;
    const lastEvent = this.eventCount + eventsMax;
    this.stopped = false;
    while (!this.stopped) {
      if (this.eventCount >= lastEvent) return;
      const eventAt = queue.nextTime();
      const timerAt = timers.nextTime();
      if (timerAt < eventAt || (timerAt === eventAt && timers.nextSequence() < queue.nextSequence())) {
        if (timerAt > untilNs || timerAt === NEVER) break;
        this.fireTimer(timerAt);
      } else {
        if (eventAt > untilNs || eventAt === NEVER) break;
        this.fireEvent(eventAt);
      }
    }
    if (!this.stopped && untilNs !== NEVER && this.nowNs < untilNs) this.nowNs = untilNs;
  }

  private fireEvent(atNs: number): void {
    const queue = this.queue;
    queue.pop();
    this.nowNs = atNs;
    this.eventCount += 1;
    this.fingerprint.mix(atNs * 8 + (queue.kind & 7));
    queue.handler!.handle(queue.kind, queue.payload);
  }

  private fireTimer(atNs: number): void {
    const timers = this.timers;
    timers.pop();
    this.nowNs = atNs;
    this.eventCount += 1;
    this.fingerprint.mix(atNs * 8 + (timers.kind & 7));
    timers.handler!.handle(timers.kind, timers.payload);
  }
}
