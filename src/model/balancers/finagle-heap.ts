import { record } from '../../options/fields.js';
import { HeapLeastLoaded } from '../products/finagle/heap.js';
import type { PlainMethodPlug } from '../products/plain/method.js';

const options = record({});

/**
 * Finagle's heap balancer: the least loaded of all. O(log n) a pick and an end.
 *
 * Limits: servers enter the heap in configuration order; Finagle takes them from a hash set, whose order is not defined.
 */
export const finagleHeap: PlainMethodPlug<typeof options> = {
  name: 'finagle-heap',
  product: 'finagle',
  word: 'heap',
  summary: 'the server with the fewest requests in flight, from a heap that is stirred when one becomes idle',
  source: 'Finagle 24.5, loadbalancer/heap/HeapLeastLoaded.scala, Heap.scala',
  options,
  example: 'algorithm: heap',
  usesWeights: false,
  create: (_, { table, stream }) => new HeapLeastLoaded(table, stream),
};
