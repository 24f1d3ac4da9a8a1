import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Handler, SlotQueue } from '../../src/kernel/queue.js';
import { NEVER } from '../../src/kernel/time.js';

const nobody: Handler = { handle: () => {} };

/** Pushes and pops by turns, and holds every answer against a list sorted by (time, sequence). */
function agreesWithList(commands: readonly (number | 'pop')[]): void {
  const queue = new SlotQueue();
  const list: { atNs: number; sequence: number }[] = [];
  let sequence = 0;
  for (const command of commands) {
    if (command === 'pop') {
      if (list.length === 0) continue;
      list.sort((a, b) => a.atNs - b.atNs || a.sequence - b.sequence);
      const first = list.shift()!;
      // Asking first must not change what comes: the loop asks, other callers may not.
      if (first.sequence % 2 === 0) expect(queue.nextTime()).toBe(first.atNs);
      if (first.sequence % 3 === 0) expect(queue.nextSequence()).toBe(first.sequence);
      queue.pop();
      expect(queue.payload).toBe(first.sequence);
    } else {
      queue.push(command, sequence, nobody, sequence & 7, sequence);
      list.push({ atNs: command, sequence });
      sequence += 1;
    }
    expect(queue.size).toBe(list.length);
  }
}

describe('the event queue', () => {
  it('hands out events by time, and equal times in the order they came', () => {
    const queue = new SlotQueue();
    const times = [5, 3, 5, 1, 3, 5];
    for (const [sequence, atNs] of times.entries())
      queue.push(atNs, sequence, nobody, 0, `${atNs}/${sequence}`);
    const seen: unknown[] = [];
    while (queue.size > 0) {
      queue.pop();
      seen.push(queue.payload);
    }
    expect(seen).toEqual(['1/3', '3/1', '3/4', '5/0', '5/2', '5/5']);
    expect(queue.nextTime()).toBe(NEVER);
    expect(queue.nextSequence()).toBe(NEVER);
  });

  it('leaves handler, kind and payload of the event that was popped last', () => {
    const queue = new SlotQueue();
    queue.push(1, 0, nobody, 4, 'first');
    queue.pop();
    expect([queue.handler, queue.kind, queue.payload]).toEqual([nobody, 4, 'first']);
    expect(queue.size).toBe(0);
  });

  it('is a sorted list by another name', () => {
    // Few distinct times, so that most of them tie.
    const command = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant('pop' as const));
    fc.assert(fc.property(fc.array(command, { maxLength: 300 }), agreesWithList), { seed: 1, numRuns: 300 });
  });

  it('grows beyond its first slots', () => {
    const queue = new SlotQueue();
    const count = 5000;
    for (let index = 0; index < count; index += 1)
      queue.push((index * 7919) % count, index, nobody, 0, index);
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      times.push(queue.nextTime());
      queue.pop();
    }
    // 7919 and 5000 have no common divisor: every time from 0 to 4999 occurs once.
    expect(times).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(queue.size).toBe(0);
  });
});
