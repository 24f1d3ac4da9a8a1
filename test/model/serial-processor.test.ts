import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Host } from '../../src/model/host.js';
import { SerialProcessor } from '../../src/model/serial-processor.js';

function eventLoop() {
  const simulation = new Simulation();
  const loop = new SerialProcessor(new CpuGroup(simulation, new Host('host', 4), { name: 'group' }));
  const lines: string[] = [];
  const log = {
    handle: (_kind: number, payload: unknown) => lines.push(`${simulation.nowNs} ${String(payload)}`),
  };
  return { simulation, loop, lines, log };
}

describe('an event loop', () => {
  it('does one thing after the other, in the order they came, whatever cores there are', () => {
    const { simulation, loop, lines, log } = eventLoop();
    for (const [name, demandNs] of [
      ['a', 30],
      ['b', 10],
      ['c', 20],
    ] as const)
      loop.run(demandNs, log, 0, name);
    expect(loop.length).toBe(3);
    simulation.run();
    expect(lines).toEqual(['30 a', '40 b', '60 c']);
    expect(loop.length).toBe(0);
  });

  it('does at once what costs nothing when it is idle, and in its turn when it is not', () => {
    const { simulation, loop, lines, log } = eventLoop();
    loop.run(0, log, 0, 'idle');
    loop.run(10, log, 0, 'a');
    loop.run(0, log, 0, 'behind a');
    loop.run(10, log, 0, 'b');
    expect(lines).toEqual(['0 idle']);
    simulation.run();
    expect(lines).toEqual(['0 idle', '10 a', '10 behind a', '20 b']);
  });

  it('puts what a finished task adds behind what waits', () => {
    const { simulation, loop, lines, log } = eventLoop();
    const parent = {
      handle: () => {
        log.handle(0, 'parent');
        loop.run(5, log, 0, 'child');
        loop.run(0, log, 0, 'free child');
      },
    };
    loop.run(10, parent, 0, undefined);
    loop.run(10, log, 0, 'waiting');
    simulation.run();
    expect(lines).toEqual(['10 parent', '20 waiting', '25 child', '25 free child']);
  });

  it('lets a task that costs nothing add others without end of the stack', () => {
    const { loop, lines } = eventLoop();
    let left = 100_000;
    const again = {
      handle: () => {
        left -= 1;
        if (left > 0) loop.run(0, again, 0, undefined);
        else lines.push('done');
      },
    };
    loop.run(0, again, 0, undefined);
    expect(lines).toEqual(['done']);
    expect(loop.length).toBe(0);
  });

  it('asks for a late demand when the task starts, and once', () => {
    const { simulation, loop, lines, log } = eventLoop();
    const late = {
      handle: log.handle,
      demandNs: (_kind: number, payload: unknown) => {
        lines.push(`${simulation.nowNs} asked ${String(payload)}`);
        return 7;
      },
    };
    loop.run(10, log, 0, 'a');
    loop.runLate(late, 0, 'late');
    simulation.run();
    expect(lines).toEqual(['10 a', '10 asked late', '17 late']);
  });

  it('forgets its tasks when its process dies, even in the middle of one', () => {
    const { simulation, loop, lines, log } = eventLoop();
    loop.run(0, { handle: () => loop.clear() }, 0, undefined);
    loop.run(10, log, 0, 'new');
    simulation.run();
    expect(lines).toEqual(['10 new']);
  });
});
