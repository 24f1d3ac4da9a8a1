import { record } from '../../options/fields.js';
import type { KongAlgorithmPlug } from '../products/kong/algorithm.js';
import { BinaryHeap } from '../products/kong/binary-heap.js';
import type { KongAddress, KongAlgorithm, KongPassage, KongTargets } from '../products/kong/targets.js';

const options = record({});

/** Kong's `least-connections`: fewest requests in flight for its weight, per worker. */
export const kongLeastConnections: KongAlgorithmPlug<typeof options> = {
  name: 'kong-least-connections',
  product: 'kong',
  word: 'least-connections',
  summary:
    'the target with the fewest requests in flight for its weight; among equals, by the order of a heap',
  source: 'Kong 3.9, kong/runloop/balancer/least_connections.lua; Tieske/binaryheap.lua 0.4',
  options,
  example: 'algorithm: least-connections',
  create: (_checked, context) => new LeastConnections(context.table),
};

/** A heap over `(requests in flight + 1) / weight`. What a request failed on is passed over until all were tried. */
class LeastConnections implements KongAlgorithm {
  private readonly addresses: readonly KongAddress[];
  private readonly heap: BinaryHeap;
  /** Requests in flight, by address. */
  private readonly connections: Int32Array;

  constructor(targets: KongTargets) {
    this.addresses = targets.addresses;
    this.heap = new BinaryHeap(this.addresses.length);
    this.connections = new Int32Array(this.addresses.length);
    this.hostsChanged();
  }

  pick(passage: KongPassage): KongAddress | undefined {
    const index = this.top(passage);
    if (index === undefined) return undefined;
    this.count(index, 1);
    return this.addresses[index];
  }

  release(address: KongAddress): void {
    this.count(address.index, -1);
  }

  hostsChanged(): void {
    this.heap.clear();
    for (const address of this.addresses) if (address.available) this.insert(address.index);
  }

  /** The smallest that the request has not failed on; where it has failed on all, the smallest, and all count again. */
  private top(passage: KongPassage): number | undefined {
    const { heap } = this;
    const { failed } = passage;
    let index = heap.peek();
    if (failed === undefined) return index;
    const popped: number[] = [];
    while (index !== undefined && failed.includes(this.addresses[index]!)) {
      popped.push(index);
      heap.pop();
      index = heap.peek();
    }
    if (index === undefined) {
      passage.failed = undefined;
      index = popped[0];
    }
    for (const payload of popped) this.insert(payload);
    return index;
  }

  private insert(index: number): void {
    this.heap.insert(this.valueOf(index), index);
  }

  private count(index: number, change: number): void {
    this.connections[index]! += change;
    if (this.heap.has(index)) this.heap.update(index, this.valueOf(index));
  }

  private valueOf(index: number): number {
    return (this.connections[index]! + 1) / this.addresses[index]!.weight;
  }
}
