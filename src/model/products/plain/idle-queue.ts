const NONE = -1;

/** Numbers 0 to n - 1, each once at most, first in first out; any of them can be taken out. All in O(1). */
export class IdleQueue {
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly present: Uint8Array;
  private first = NONE;
  private last = NONE;

  constructor(count: number) {
    this.next = new Int32Array(count);
    this.previous = new Int32Array(count);
    this.present = new Uint8Array(count);
  }

  /** The one that has stood longest, -1 if there is none. */
  get head(): number {
    return this.first;
  }

  /** Puts `item` last; nothing happens if it stands already. */
  push(item: number): void {
    if (this.present[item] === 1) return;
    this.present[item] = 1;
    this.previous[item] = this.last;
    this.next[item] = NONE;
    if (this.last === NONE) this.first = item;
    else this.next[this.last] = item;
    this.last = item;
  }

  /** Takes `item` out; nothing happens if it does not stand. */
  remove(item: number): void {
    if (this.present[item] !== 1) return;
    this.present[item] = 0;
    const previous = this.previous[item]!;
    const next = this.next[item]!;
    if (previous === NONE) this.first = next;
    else this.next[previous] = next;
    if (next === NONE) this.last = previous;
    else this.previous[next] = previous;
  }
}
