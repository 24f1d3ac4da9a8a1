import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharingHeap } from '../../src/kernel/processor-sharing.js';
import { RandomSource } from '../../src/random/stream.js';

const nobody = { handle: () => {} };

/** The same with a list: every job's remaining work, of which every step takes its share. */
class NaiveSharing {
  jobs: { name: number; leftNs: number }[] = [];

  push(name: number, workNs: number): void {
    this.jobs.push({ name, leftNs: workNs });
  }

  nextWorkNs(): number {
    return Math.min(...this.jobs.map(({ leftNs }) => leftNs));
  }

  advance(workNs: number): void {
    for (const job of this.jobs) job.leftNs -= workNs;
  }

  pop(): number {
    const nextNs = this.nextWorkNs();
    // Two sums of the same terms in another order may differ in their last bits: 1e-6 ns is far above that.
    const index = this.jobs.findIndex(({ leftNs }) => leftNs <= nextNs + 1e-6);
    for (const job of this.jobs) job.leftNs -= nextNs;
    return this.jobs.splice(index, 1)[0]!.name;
  }

  remove(name: number): number {
    const index = this.jobs.findIndex((job) => job.name === name);
    return this.jobs.splice(index, 1)[0]!.leftNs;
  }
}

type Command =
  | { do: 'push'; workNs: number }
  | { do: 'advance'; share: number }
  | { do: 'pop' }
  | { do: 'remove'; which: number };

function agrees(commands: Iterable<Command>): void {
  const heap = new SharingHeap();
  const naive = new NaiveSharing();
  const slots = new Map<number, number>();
  let name = 0;
  for (const command of commands) {
    if (command.do === 'push') {
      slots.set(name, heap.push(command.workNs, nobody, name & 7, name));
      naive.push(name, command.workNs);
      name += 1;
    } else if (heap.size === 0) {
      continue;
    } else if (command.do === 'advance') {
      const workNs = naive.nextWorkNs() * command.share;
      heap.advance(workNs);
      naive.advance(workNs);
    } else if (command.do === 'pop') {
      heap.pop();
      const expected = naive.pop();
      expect([heap.payload, heap.kind]).toEqual([expected, expected & 7]);
      slots.delete(expected);
    } else {
      const [victim, slot] = [...slots][command.which % slots.size]!;
      expect(heap.remove(slot)).toBeCloseTo(naive.remove(victim), 4);
      slots.delete(victim);
    }
    expect(heap.size).toBe(naive.jobs.length);
    if (heap.size > 0) expect(heap.nextWorkNs()).toBeCloseTo(naive.nextWorkNs(), 4);
  }
}

const command = fc.oneof(
  {
    arbitrary: fc.record({ do: fc.constant('push' as const), workNs: fc.integer({ min: 1, max: 50 }) }),
    weight: 3,
  },
  fc.record({ do: fc.constant('advance' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ do: fc.constant('pop' as const) }),
  fc.record({ do: fc.constant('remove' as const), which: fc.nat(1000) }),
);

describe('a shared processor', () => {
  it('lets equal demands leave in the order they came', () => {
    const heap = new SharingHeap();
    for (const name of ['a', 'b', 'c']) heap.push(10, nobody, 0, name);
    const names: unknown[] = [];
    while (heap.size > 0) {
      heap.pop();
      names.push(heap.payload);
    }
    expect(names).toEqual(['a', 'b', 'c']);
  });

  it('gives every job the same share: 10, 20 and 30 leave after 10, 20 and 30 of work each', () => {
    const heap = new SharingHeap();
    for (const workNs of [30, 10, 20]) heap.push(workNs, nobody, 0, workNs);
    for (const workNs of [10, 10, 10]) {
      expect(heap.nextWorkNs()).toBe(workNs);
      heap.advance(workNs);
      heap.pop();
    }
    expect(heap.size).toBe(0);
  });

  it('starts its clock anew when it has been idle, so that no sum grows without end', () => {
    const heap = new SharingHeap();
    heap.push(10, nobody, 0, 'a');
    heap.advance(10);
    heap.pop();
    expect(heap.virtualNs).toBe(0);
  });

  it('forgets all jobs at once, and may be used again', () => {
    const heap = new SharingHeap();
    for (let index = 0; index < 200; index += 1) heap.push(index + 1, nobody, 0, index);
    heap.advance(0.5);
    heap.clear();
    expect([heap.size, heap.virtualNs]).toEqual([0, 0]);
    heap.push(5, nobody, 0, 'new');
    expect(heap.nextWorkNs()).toBe(5);
    heap.pop();
    expect(heap.payload).toBe('new');
  });

  it('is a list of remaining demands by another name', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 200 }), agrees), { seed: 4, numRuns: 200 });
  });

  it('is so for 20,000 commands and a hundred jobs', () => {
    agrees(crowd(20_000, 100));
  });
});

/** Random commands that keep about `jobs` jobs: where there are more, one leaves for each that comes. */
function* crowd(count: number, jobs: number): Generator<Command> {
  const stream = new RandomSource('5').stream('commands');
  let size = 0;
  for (let index = 0; index < count; index += 1) {
    const which = stream.next();
    if (which < 0.4) {
      yield { do: 'advance', share: stream.next() };
    } else if (size < jobs || which < 0.7) {
      yield { do: 'push', workNs: 1 + stream.next() * 50 };
      size += 1;
    } else {
      yield which < 0.9 ? { do: 'pop' } : { do: 'remove', which: index };
      size -= 1;
    }
  }
}
