import FastPriorityQueue from 'fastpriorityqueue';

/** Dead entries that a tree may hold beside twice as many as there are live ones. */
const DEAD_MIN = 16;

/** Where an item stands in a tree. */
export interface Place<Item> {
  readonly item: Item;
  readonly key: number;
  /** Order of insertion. */
  readonly sequence: number;
  /** False once it was taken out. */
  live: boolean;
}

/**
 * Items by key, equal keys in the order of their insertion: what HAProxy uses its elastic binary trees for
 * (`import/eb32tree.h`). Insertion and removal O(log n), amortized; what is removed from the middle of the heap leaves it later.
 */
export class OrderedTree<Item> {
  private heap = new FastPriorityQueue<Place<Item>>(isBefore);
  private sequence = 0;
  private count = 0;

  /** Puts `item` behind all of the same key (0 to 2^32 - 1). */
  insert(item: Item, key: number): Place<Item> {
    const place = { item, key, sequence: this.sequence++, live: true };
    this.heap.add(place);
    this.count += 1;
    return place;
  }

  /** Takes an item out; nothing happens if it is out already. */
  remove(place: Place<Item>): void {
    if (!place.live) return;
    place.live = false;
    this.count -= 1;
    if (this.heap.size > 3 * this.count + DEAD_MIN) this.rebuild();
  }

  /** The item with the lowest key. */
  first(): Item | undefined {
    let top = this.heap.peek();
    while (top !== undefined && !top.live) {
      this.heap.poll();
      top = this.heap.peek();
    }
    return top?.item;
  }

  /** The first item, in order, for which `test` holds. O(k log n), k: items looked at. */
  firstWhere(test: (item: Item) => boolean): Item | undefined {
    const passed: Place<Item>[] = [];
    let found: Item | undefined;
    for (;;) {
      const item = this.first();
      if (item === undefined) break;
      if (test(item)) {
        found = item;
        break;
      }
      passed.push(this.heap.poll()!);
    }
    for (const place of passed) this.heap.add(place);
    return found;
  }

  private rebuild(): void {
    const live: Place<Item>[] = [];
    this.heap.forEach((place) => {
      if (place.live) live.push(place);
    });
    this.heap = new FastPriorityQueue<Place<Item>>(isBefore);
    this.heap.heapify(live);
  }
}

function isBefore(a: Place<unknown>, b: Place<unknown>): boolean {
  return a.key < b.key || (a.key === b.key && a.sequence < b.sequence);
}
