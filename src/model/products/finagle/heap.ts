import type { RandomStream } from '../../../random/stream.js';
import type { PlainHost } from '../plain/host.js';
import type { PlainMethod, PlainTable } from '../plain/method.js';

/** `Int.MaxValue`: what an unavailable host's load is raised by. */
const PENALTY = 2 ** 31 - 1;

interface Node {
  readonly host: PlainHost;
  load: number;
  index: number;
}

/**
 * Finagle's `HeapLeastLoaded`: a binary heap of hosts by requests in flight, counted from 1. A host that has become idle
 * changes places with one drawn at random, so that idle hosts are not always taken in one order. Unavailable hosts are
 * marked when they come to the top, and looked at in every pick until they are available again.
 */
export class HeapLeastLoaded implements PlainMethod {
  /** `heap[0]` stands for nothing. */
  private heap: (Node | undefined)[] = [undefined];
  private readonly nodes = new Map<PlainHost, Node>();
  /** Marked hosts, the last marked first. */
  private marked: Node[] = [];

  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {}

  rebuild(): void {
    for (const host of [...this.nodes.keys()]) if (host.position < 0) this.remove(host);
    for (const host of this.table.hosts) if (!this.nodes.has(host)) this.add(host);
  }

  pick(): PlainHost | undefined {
    if (this.heap.length === 1) return undefined;
    this.revive();
    for (;;) {
      const top = this.heap[1]!;
      if (top.host.open || top.load >= PENALTY) return top.host;
      this.marked.unshift(top);
      top.load += PENALTY;
      this.fixDown(1, this.size);
    }
  }

  picked(host: PlainHost): void {
    const node = this.nodes.get(host)!;
    node.load += 1;
    this.fixDown(node.index, this.size);
  }

  ended(host: PlainHost): void {
    const node = this.nodes.get(host);
    if (node === undefined) return; // removed meanwhile
    node.load -= 1;
    if (node.load > 0 || this.size === 1) {
      this.fixUp(node.index);
      return;
    }
    // Nobody has less: it leaves, another one drawn from all places (its own with them) is put last, and it takes that place.
    const { size } = this;
    const place = node.index;
    this.swap(place, size);
    this.fixDown(place, size - 1);
    const drawn = Math.floor(this.stream.next() * size) + 1;
    this.swap(drawn, size);
    this.fixUp(drawn);
    this.fixUp(size);
  }

  private get size(): number {
    return this.heap.length - 1;
  }

  private revive(): void {
    if (this.marked.length === 0) return;
    for (const node of this.marked) {
      if (!node.host.open || node.index < 0) continue;
      node.load -= PENALTY;
      this.fixUp(node.index);
    }
    this.marked = this.marked.filter(({ host, index }) => index >= 0 && !host.open);
  }

  private add(host: PlainHost): void {
    const node: Node = { host, load: host.inFlight, index: this.heap.length };
    this.nodes.set(host, node);
    this.heap.push(node);
    this.fixUp(node.index);
  }

  private remove(host: PlainHost): void {
    const node = this.nodes.get(host)!;
    const place = node.index;
    this.swap(place, this.size);
    this.fixDown(place, this.size - 1);
    this.heap.pop();
    node.index = -1;
    this.nodes.delete(host);
  }

  private swap(left: number, right: number): void {
    const { heap } = this;
    const node = heap[left]!;
    heap[left] = heap[right]!;
    heap[right] = node;
    heap[left]!.index = left;
    node.index = right;
  }

  /** `last`: the heap's last place. */
  private fixDown(from: number, last: number): void {
    const { heap } = this;
    let place = from;
    while (last >= place * 2) {
      const left = place * 2;
      const child = last === left || heap[left]!.load < heap[left + 1]!.load ? left : left + 1;
      if (heap[child]!.load >= heap[place]!.load) return;
      this.swap(place, child);
      place = child;
    }
  }

  private fixUp(from: number): void {
    const { heap } = this;
    let place = from;
    while (place !== 1 && heap[place]!.load < heap[place >> 1]!.load) {
      this.swap(place, place >> 1);
      place >>= 1;
    }
  }
}
