import FastPriorityQueue from 'fastpriorityqueue';
import { NEVER } from './time.js';

/** Something events are delivered to. `kind` is one of the handler's own small integers. */
export interface Handler {
  /** Called at the event's time. `payload` is what was handed to `schedule`, unchanged. */
  handle(kind: number, payload: unknown): void;
}

/** The pending events, ordered by (time, sequence): equal times leave in the order they were scheduled. */
export interface EventQueue {
  /** Number of pending events. */
  readonly size: number;
  /** Time of the next event in ns, {@link NEVER} when empty. O(1). */
  nextTime(): number;
  /** Sequence number of the next event; only meaningful when `size > 0`. O(1). */
  nextSequence(): number;
  /** Adds an event. `sequence` must be larger than every one given before. O(log n). */
  push(atNs: number, sequence: number, handler: Handler, kind: number, payload: unknown): void;
  /** Removes the next event and leaves it in `handler`, `kind` and `payload`. O(log n). */
  pop(): void;
  /** The event that `pop` removed last. */
  handler: Handler | undefined;
  kind: number;
  payload: unknown;
}

const INITIAL_SLOTS = 1024;

/**
 * The default queue: `fastpriorityqueue` holding slot numbers, with times and sequence numbers in typed arrays.
 * Slots are small integers, so that pushing allocates nothing; the comparator reads the arrays.
 */
export class SlotQueue implements EventQueue {
  handler: Handler | undefined = undefined;
  kind = 0;
  payload: unknown = undefined;

  private times = new Float64Array(INITIAL_SLOTS);
  private sequences = new Float64Array(INITIAL_SLOTS);
  private kinds = new Int32Array(INITIAL_SLOTS);
  private readonly handlers: (Handler | undefined)[] = [];
  private readonly payloads: unknown[] = [];
  private readonly freeSlots: number[] = [];
  private slotCount = 0;
  private readonly heap: FastPriorityQueue<number>;

  constructor() {
    this.heap = new FastPriorityQueue<number>((a, b) => {
      const timeA = this.times[a]!;
      const timeB = this.times[b]!;
      return timeA < timeB || (timeA === timeB && this.sequences[a]! < this.sequences[b]!);
    });
  }

  get size(): number {
    return this.heap.size;
  }

  nextTime(): number {
    const slot = this.heap.peek();
    return slot === undefined ? NEVER : this.times[slot]!;
  }

  nextSequence(): number {
    const slot = this.heap.peek();
    return slot === undefined ? NEVER : this.sequences[slot]!;
  }

  push(atNs: number, sequence: number, handler: Handler, kind: number, payload: unknown): void {
    const slot = this.freeSlots.length > 0 ? this.freeSlots.pop()! : this.newSlot();
    this.times[slot] = atNs;
    this.sequences[slot] = sequence;
    this.kinds[slot] = kind;
    this.handlers[slot] = handler;
    this.payloads[slot] = payload;
    this.heap.add(slot);
  }

  pop(): void {
    const slot = this.heap.poll()!;
    this.handler = this.handlers[slot];
    this.kind = this.kinds[slot]!;
    this.payload = this.payloads[slot];
    this.payloads[slot] = undefined;
    this.freeSlots.push(slot);
  }

  private newSlot(): number {
    const slot = this.slotCount;
    this.slotCount += 1;
    if (slot === this.times.length) this.grow();
    this.handlers.push(undefined);
    this.payloads.push(undefined);
    return slot;
  }

  private grow(): void {
    const length = this.times.length * 2;
    const times = new Float64Array(length);
    const sequences = new Float64Array(length);
    const kinds = new Int32Array(length);
    times.set(this.times);
    sequences.set(this.sequences);
    kinds.set(this.kinds);
    this.times = times;
    this.sequences = sequences;
    this.kinds = kinds;
  }
}
