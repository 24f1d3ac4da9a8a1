import type { Handler } from './queue.js';

const INITIAL_SLOTS = 32;

/**
 * Jobs that share a server equally, in virtual time: the clock `virtualNs` tells how much every present job has received
 * since the server was last idle; a job that needs d leaves when it reads `virtualNs + d` at arrival. Arrivals and
 * departures cost O(log n), and the passing of time O(1), however many jobs share.
 *
 * The heap is typed arrays with its own positions: `fastpriorityqueue` in this place costs a quarter of a whole run.
 * Equal tags leave in the order of arrival.
 */
export class SharingHeap {
  /** Jobs present. */
  size = 0;
  /** Work each present job has received since the last idle moment, in ns of work. */
  virtualNs = 0;
  /** The job that `pop` removed last. */
  handler: Handler | undefined = undefined;
  kind = 0;
  payload: unknown = undefined;

  private tags = new Float64Array(INITIAL_SLOTS);
  private sequences = new Float64Array(INITIAL_SLOTS);
  /** Place of a job in the heap; of a free slot, the next free one. */
  private positions = new Int32Array(INITIAL_SLOTS);
  private heap = new Int32Array(INITIAL_SLOTS);
  private kinds = new Int32Array(INITIAL_SLOTS);
  private readonly handlers: (Handler | undefined)[] = [];
  private readonly payloads: unknown[] = [];
  /** First of the free slots, -1 if there is none. */
  private free = -1;
  private sequence = 0;

  constructor() {
    // What is assigned once is a constant to V8, and growing for the first time in mid-run would throw away every function
    // that was compiled on that belief (10 of them, a fifth of a short run).
    this.grow();
  }

  /** A job arrives that needs `workNs`. Returns its slot, for {@link remove}. */
  push(workNs: number, handler: Handler, kind: number, payload: unknown): number {
    const slot = this.takeSlot();
    this.tags[slot] = this.virtualNs + workNs;
    this.sequences[slot] = this.sequence++;
    this.kinds[slot] = kind;
    this.handlers[slot] = handler;
    this.payloads[slot] = payload;
    this.siftUp(this.size++, slot);
    return slot;
  }

  /** Work that the next job to leave still needs; meaningless when empty. */
  nextWorkNs(): number {
    return this.tags[this.heap[0]!]! - this.virtualNs;
  }

  /** Every present job receives `workNs`. */
  advance(workNs: number): void {
    this.virtualNs += workNs;
  }

  /** The next job leaves, and is found in `handler`, `kind` and `payload`. */
  pop(): void {
    const slot = this.heap[0]!;
    // Set the clock to the tag exactly: rounding to whole ns must not leak into the others' shares.
    this.virtualNs = this.tags[slot]!;
    this.handler = this.handlers[slot];
    this.kind = this.kinds[slot]!;
    this.payload = this.payloads[slot];
    this.take(0, slot);
  }

  /** A job is taken away; returns the work it still needed. */
  remove(slot: number): number {
    const remainingNs = Math.max(0, this.tags[slot]! - this.virtualNs);
    this.take(this.positions[slot]!, slot);
    return remainingNs;
  }

  /** All jobs vanish. */
  clear(): void {
    for (let position = 0; position < this.size; position += 1) {
      const slot = this.heap[position]!;
      this.payloads[slot] = undefined;
      this.handlers[slot] = undefined;
      this.positions[slot] = this.free;
      this.free = slot;
    }
    this.size = 0;
    this.virtualNs = 0;
  }

  private take(position: number, slot: number): void {
    this.payloads[slot] = undefined;
    this.positions[slot] = this.free;
    this.free = slot;
    this.size -= 1;
    if (this.size === 0) {
      this.virtualNs = 0;
      return;
    }
    if (position === this.size) return;
    const moved = this.heap[this.size]!;
    this.siftUp(position, moved);
    if (this.positions[moved] === position) this.siftDown(position, moved);
  }

  // The order (tag, then sequence) is written out in both walks: as a method it is compiled four times over.

  private siftUp(start: number, slot: number): void {
    const { heap, positions, tags, sequences } = this;
    const tag = tags[slot]!;
    const sequence = sequences[slot]!;
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const other = heap[parent]!;
      const otherTag = tags[other]!;
      if (otherTag < tag || (otherTag === tag && sequences[other]! < sequence)) break;
      heap[position] = other;
      positions[other] = position;
      position = parent;
    }
    heap[position] = slot;
    positions[slot] = position;
  }

  private siftDown(start: number, slot: number): void {
    const { heap, positions, tags, sequences, size } = this;
    const tag = tags[slot]!;
    const sequence = sequences[slot]!;
    let position = start;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      let other = heap[child]!;
      let otherTag = tags[other]!;
      if (child + 1 < size) {
        const right = heap[child + 1]!;
        const rightTag = tags[right]!;
        if (rightTag < otherTag || (rightTag === otherTag && sequences[right]! < sequences[other]!)) {
          child += 1;
          other = right;
          otherTag = rightTag;
        }
      }
      if (tag < otherTag || (tag === otherTag && sequence < sequences[other]!)) break;
      heap[position] = other;
      positions[other] = position;
      position = child;
    }
    heap[position] = slot;
    positions[slot] = position;
  }

  private takeSlot(): number {
    const slot = this.free;
    if (slot < 0) return this.newSlot();
    this.free = this.positions[slot]!;
    return slot;
  }

  private newSlot(): number {
    const slot = this.handlers.length;
    if (slot === this.tags.length) this.grow();
    this.handlers.push(undefined);
    this.payloads.push(undefined);
    return slot;
  }

  private grow(): void {
    const length = this.tags.length * 2;
    const tags = new Float64Array(length);
    const sequences = new Float64Array(length);
    const positions = new Int32Array(length);
    const heap = new Int32Array(length);
    const kinds = new Int32Array(length);
    tags.set(this.tags);
    sequences.set(this.sequences);
    positions.set(this.positions);
    heap.set(this.heap);
    kinds.set(this.kinds);
    this.tags = tags;
    this.sequences = sequences;
    this.positions = positions;
    this.heap = heap;
    this.kinds = kinds;
  }
}
