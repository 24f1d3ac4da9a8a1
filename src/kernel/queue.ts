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

const INITIAL_SLOTS = 512;

/**
 * `fastpriorityqueue` of slot numbers, with the slots' times and sequence numbers. The comparator is one function for all
 * heaps and finds the arrays in `this`: a closure per heap would be compiled anew for every run of a process.
 */
class SlotHeap extends FastPriorityQueue<number> {
  times = new Float64Array(INITIAL_SLOTS);
  sequences = new Float64Array(INITIAL_SLOTS);

  constructor() {
    super(leavesBefore);
    // What is assigned once is a constant to V8, and growing for the first time in mid-run would throw away every function
    // that was compiled on that belief.
    this.grow();
  }

  grow(): void {
    const times = new Float64Array(this.times.length * 2);
    const sequences = new Float64Array(times.length);
    times.set(this.times);
    sequences.set(this.sequences);
    this.times = times;
    this.sequences = sequences;
  }
}

function leavesBefore(this: SlotHeap, a: number, b: number): boolean {
  const timeA = this.times[a]!;
  const timeB = this.times[b]!;
  return timeA < timeB || (timeA === timeB && this.sequences[a]! < this.sequences[b]!);
}

/**
 * The default queue: `fastpriorityqueue` holding slot numbers, with times and sequence numbers in typed arrays.
 * Slots are small integers, so that pushing allocates nothing; the comparator reads the arrays.
 */
export class SlotQueue implements EventQueue {
  handler: Handler | undefined = undefined;
  kind = 0;
  payload: unknown = undefined;

  private readonly heap = new SlotHeap();
  /** Kind of the event; of a free slot, the next free one. */
  private readonly kinds: number[] = [];
  private readonly handlers: (Handler | undefined)[] = [];
  private readonly payloads: unknown[] = [];
  /** First of the free slots, -1 if there is none. */
  private free = -1;
  /** The slot that was popped last, while it still is on top of the heap; -1 when the top is a pending event. */
  private popped = -1;

  get size(): number {
    return this.popped < 0 ? this.heap.size : this.heap.size - 1;
  }

  nextTime(): number {
    if (this.popped >= 0) this.removePopped();
    const slot = this.heap.peek();
    return slot === undefined ? NEVER : this.heap.times[slot]!;
  }

  nextSequence(): number {
    if (this.popped >= 0) this.removePopped();
    const slot = this.heap.peek();
    return slot === undefined ? NEVER : this.heap.sequences[slot]!;
  }

  push(atNs: number, sequence: number, handler: Handler, kind: number, payload: unknown): void {
    const heap = this.heap;
    const popped = this.popped;
    const slot = popped >= 0 ? popped : this.takeSlot();
    heap.times[slot] = atNs;
    heap.sequences[slot] = sequence;
    this.kinds[slot] = kind;
    this.handlers[slot] = handler;
    this.payloads[slot] = payload;
    if (popped < 0) {
      heap.add(slot);
      return;
    }
    this.popped = -1;
    heap.replaceTop(slot);
  }

  /**
   * The popped slot stays on top until it is known whether its handler schedules something: most do, and the new event
   * then takes its place, in one walk down instead of a walk down and one up.
   */
  pop(): void {
    if (this.popped >= 0) this.removePopped();
    const slot = this.heap.peek()!;
    this.popped = slot;
    this.handler = this.handlers[slot];
    this.kind = this.kinds[slot]!;
    this.payload = this.payloads[slot];
    this.payloads[slot] = undefined;
  }

  private removePopped(): void {
    this.heap.poll();
    this.kinds[this.popped] = this.free;
    this.free = this.popped;
    this.popped = -1;
  }

  private takeSlot(): number {
    const slot = this.free;
    if (slot < 0) return this.newSlot();
    this.free = this.kinds[slot]!;
    return slot;
  }

  private newSlot(): number {
    const slot = this.kinds.length;
    if (slot === this.heap.times.length) this.heap.grow();
    this.kinds.push(0);
    this.handlers.push(undefined);
    this.payloads.push(undefined);
    return slot;
  }
}
