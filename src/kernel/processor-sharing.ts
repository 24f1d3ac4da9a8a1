import type { Handler } from './queue.js';

const INITIAL_SLOTS = 64;

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
  private positions = new Int32Array(INITIAL_SLOTS);
  private heap = new Int32Array(INITIAL_SLOTS);
  private kinds = new Int32Array(INITIAL_SLOTS);
  private readonly handlers: (Handler | undefined)[] = [];
  private readonly payloads: unknown[] = [];
  private readonly freeSlots: number[] = [];
  private slotCount = 0;
  private sequence = 0;

  /** A job arrives that needs `workNs`. Returns its slot, for {@link remove}. */
  push(workNs: number, handler: Handler, kind: number, payload: unknown): number {
    const slot = this.freeSlots.length > 0 ? this.freeSlots.pop()! : this.newSlot();
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
      this.freeSlots.push(slot);
    }
    this.size = 0;
    this.virtualNs = 0;
  }

  private take(position: number, slot: number): void {
    this.payloads[slot] = undefined;
    this.freeSlots.push(slot);
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

  private before(a: number, b: number): boolean {
    const tagA = this.tags[a]!;
    const tagB = this.tags[b]!;
    return tagA < tagB || (tagA === tagB && this.sequences[a]! < this.sequences[b]!);
  }

  private siftUp(start: number, slot: number): void {
    const heap = this.heap;
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const other = heap[parent]!;
      if (!this.before(slot, other)) break;
      heap[position] = other;
      this.positions[other] = position;
      position = parent;
    }
    heap[position] = slot;
    this.positions[slot] = position;
  }

  private siftDown(start: number, slot: number): void {
    const heap = this.heap;
    const size = this.size;
    let position = start;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      if (child + 1 < size && this.before(heap[child + 1]!, heap[child]!)) child += 1;
      const other = heap[child]!;
      if (!this.before(other, slot)) break;
      heap[position] = other;
      this.positions[other] = position;
      position = child;
    }
    heap[position] = slot;
    this.positions[slot] = position;
  }

  private newSlot(): number {
    const slot = this.slotCount;
    this.slotCount += 1;
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
