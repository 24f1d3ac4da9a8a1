/**
 * Tieske's `binaryheap.lua` 0.4 (`minUnique`), with its order among equals: an entry moves only past strictly larger or
 * smaller ones, and sinks to the left child where both are alike. O(log n) but for `peek`. Payloads are whole numbers from 0.
 */
export class BinaryHeap {
  private values: number[] = [];
  private payloads: number[] = [];
  /** Position of a payload, -1 if it is not in the heap. */
  private readonly positions: Int32Array;

  /** @param capacity payloads are below it. */
  constructor(capacity: number) {
    this.positions = new Int32Array(capacity).fill(-1);
  }

  /** The payload with the smallest value; `undefined` if the heap is empty. */
  peek(): number | undefined {
    return this.payloads[0];
  }

  /** True if `payload` is in the heap. */
  has(payload: number): boolean {
    return this.positions[payload]! >= 0;
  }

  insert(value: number, payload: number): void {
    const position = this.values.length;
    this.values.push(value);
    this.payloads.push(payload);
    this.positions[payload] = position;
    this.bubbleUp(position);
  }

  /** Takes the smallest off the heap, which must not be empty. */
  pop(): void {
    const last = this.values.length - 1;
    if (last > 0) this.swap(0, last);
    this.positions[this.payloads[last]!] = -1;
    this.values.pop();
    this.payloads.pop();
    if (last > 0) this.sinkDown(0);
  }

  /** Gives `payload`, which is in the heap, another value. */
  update(payload: number, value: number): void {
    const position = this.positions[payload]!;
    this.values[position] = value;
    this.bubbleUp(position);
    // As in the original, what has bubbled up leaves another entry here, and that one is sunk: it stays where it is.
    this.sinkDown(position);
  }

  clear(): void {
    this.values = [];
    this.payloads = [];
    this.positions.fill(-1);
  }

  private bubbleUp(start: number): void {
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >>> 1;
      if (!(this.values[position]! < this.values[parent]!)) return;
      this.swap(parent, position);
      position = parent;
    }
  }

  private sinkDown(start: number): void {
    let position = start;
    for (;;) {
      let least = position;
      for (let child = 2 * position + 1; child <= 2 * position + 2; child += 1) {
        if (child < this.values.length && this.values[child]! < this.values[least]!) least = child;
      }
      if (least === position) return;
      this.swap(position, least);
      position = least;
    }
  }

  private swap(a: number, b: number): void {
    const { values, payloads, positions } = this;
    const [value, payload] = [values[a]!, payloads[a]!];
    values[a] = values[b]!;
    payloads[a] = payloads[b]!;
    values[b] = value;
    payloads[b] = payload;
    positions[payloads[a]!] = a;
    positions[payload] = b;
  }
}
