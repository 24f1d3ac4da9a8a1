const INITIAL_LENGTH = 8;

/** A first-in-first-out queue in a ring: O(1) at its ends, O(n) removal from the middle (rare: a timeout). */
export class Fifo<T> {
  /** Its length is a power of two. */
  private ring: (T | undefined)[] = new Array<T | undefined>(INITIAL_LENGTH).fill(undefined);
  private head = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(item: T): void {
    if (this.count === this.ring.length) this.grow();
    this.ring[this.at(this.count)] = item;
    this.count += 1;
  }

  /** Puts `item` before all others. */
  unshift(item: T): void {
    if (this.count === this.ring.length) this.grow();
    this.head = this.at(-1);
    this.ring[this.head] = item;
    this.count += 1;
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.ring[this.head];
    this.ring[this.head] = undefined;
    this.head = this.at(1);
    this.count -= 1;
    return item;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.count === 0 ? undefined : this.ring[this.head];
  }

  /** Calls `visit` with every item, first to last. */
  forEach(visit: (item: T) => void): void {
    for (let index = 0; index < this.count; index += 1) visit(this.ring[this.at(index)]!);
  }

  /** True if `test` holds for one of them. */
  some(test: (item: T) => boolean): boolean {
    for (let index = 0; index < this.count; index += 1) {
      if (test(this.ring[this.at(index)]!)) return true;
    }
    return false;
  }

  /** Takes `item` out wherever it stands; nothing happens if it is not there. */
  remove(item: T): void {
    let index = 0;
    while (index < this.count && this.ring[this.at(index)] !== item) index += 1;
    if (index === this.count) return;
    for (; index < this.count - 1; index += 1) this.ring[this.at(index)] = this.ring[this.at(index + 1)];
    this.count -= 1;
    this.ring[this.at(this.count)] = undefined;
  }

  clear(): void {
    this.ring = new Array<T | undefined>(INITIAL_LENGTH).fill(undefined);
    this.head = 0;
    this.count = 0;
  }

  private at(index: number): number {
    return (this.head + index) & (this.ring.length - 1);
  }

  private grow(): void {
    const ring = new Array<T | undefined>(this.ring.length * 2).fill(undefined);
    for (let index = 0; index < this.count; index += 1) ring[index] = this.ring[this.at(index)];
    this.ring = ring;
    this.head = 0;
  }
}
