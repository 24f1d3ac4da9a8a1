/** A first-in-first-out queue: O(1) at its ends, O(n) removal from the middle (rare: a timeout). */
export class Fifo<T> {
  private items: T[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** Puts `item` before all others. */
  unshift(item: T): void {
    if (this.head > 0) {
      this.head -= 1;
      this.items[this.head] = item;
    } else {
      this.items.unshift(item);
    }
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head]!;
    this.head += 1;
    if (this.head === this.items.length) {
      this.items.length = 0;
      this.head = 0;
    } else if (this.head >= 1024) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  /** Calls `visit` with every item, first to last. */
  forEach(visit: (item: T) => void): void {
    for (let index = this.head; index < this.items.length; index += 1) visit(this.items[index]!);
  }

  /** True if `test` holds for one of them. */
  some(test: (item: T) => boolean): boolean {
    for (let index = this.head; index < this.items.length; index += 1) {
      if (test(this.items[index]!)) return true;
    }
    return false;
  }

  /** Takes `item` out wherever it stands; nothing happens if it is not there. */
  remove(item: T): void {
    const index = this.items.indexOf(item, this.head);
    if (index >= 0) this.items.splice(index, 1);
  }

  clear(): void {
    this.items.length = 0;
    this.head = 0;
  }
}
