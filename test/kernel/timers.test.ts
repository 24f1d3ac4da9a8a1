import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../src/kernel/time.js';
import { Timers } from '../../src/kernel/timers.js';

const nobody = { handle: () => {} };
/** More than the heap has room for at first. */
const COUNT = 70;

const command = fc.oneof(
  fc.record({ do: fc.constant('arm' as const), id: fc.nat(COUNT - 1), atNs: fc.nat(20) }),
  fc.record({ do: fc.constant('disarm' as const), id: fc.nat(COUNT - 1) }),
  fc.record({ do: fc.constant('pop' as const) }),
);

describe('timers', () => {
  it('ring in the order of (time, sequence), as a map sorted anew each time would', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const timers = new Timers();
        const armed = new Map<number, { atNs: number; sequence: number }>();
        for (let id = 0; id < COUNT; id += 1) expect(timers.create(nobody, id & 7, id)).toBe(id);
        for (const [sequence, step] of commands.entries()) {
          if (step.do === 'arm') {
            timers.arm(step.id, step.atNs, sequence);
            armed.set(step.id, { atNs: step.atNs, sequence });
          } else if (step.do === 'disarm') {
            timers.disarm(step.id);
            armed.delete(step.id);
          } else if (armed.size > 0) {
            const [id] = [...armed].sort(([, a], [, b]) => a.atNs - b.atNs || a.sequence - b.sequence)[0]!;
            timers.pop();
            expect(timers.payload).toBe(id);
            expect(timers.kind).toBe(id & 7);
            armed.delete(id);
          }
          const times = [...armed.values()].map(({ atNs }) => atNs);
          expect(timers.nextTime()).toBe(Math.min(NEVER, ...times));
        }
        for (let id = 0; id < COUNT; id += 1) expect(timers.timeOf(id)).toBe(armed.get(id)?.atNs ?? NEVER);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it('hands a released id out again, disarmed', () => {
    const timers = new Timers();
    const first = timers.create(nobody, 0);
    timers.arm(first, 10, 0);
    timers.release(first);
    expect(timers.nextTime()).toBe(NEVER);
    expect(timers.create(nobody, 0)).toBe(first);
    expect(timers.timeOf(first)).toBe(NEVER);
  });
});
