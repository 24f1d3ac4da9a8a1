import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from '../../src/model/fifo.js';

it('a queue is a list by another name, thousands of items long too', () => {
  const command = fc.oneof(
    { arbitrary: fc.constant('push' as const), weight: 4 },
    { arbitrary: fc.constant('shift' as const), weight: 3 },
    { arbitrary: fc.constantFrom('unshift' as const, 'remove' as const), weight: 1 },
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 3000, size: 'max' }), fc.boolean(), (commands, clears) => {
      const fifo = new Fifo<number>();
      const list: number[] = [];
      for (const [item, what] of commands.entries()) {
        if (what === 'push') {
          fifo.push(item);
          list.push(item);
        } else if (what === 'shift') {
          expect(fifo.shift()).toBe(list.shift());
        } else if (what === 'unshift') {
          fifo.unshift(item);
          list.unshift(item);
        } else {
          const victim = list[item % Math.max(1, list.length)] ?? -1;
          fifo.remove(victim);
          if (victim >= 0) list.splice(list.indexOf(victim), 1);
        }
      }
      const seen: number[] = [];
      fifo.forEach((item) => {
        seen.push(item);
      });
      expect(seen).toEqual(list);
      expect(fifo.some((item) => item === list[0])).toBe(list.length > 0);
      expect(fifo.size).toBe(list.length);
      if (clears) fifo.clear();
      expect(fifo.shift()).toBe(clears ? undefined : list[0]);
    }),
    { seed: 8, numRuns: 30 },
  );
});
