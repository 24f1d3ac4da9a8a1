import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/kernel/invariant.js';
import { Simulation } from '../../src/kernel/loop.js';
import { NEVER } from '../../src/kernel/time.js';
import { cancelTimeout, type Expiring, TimeoutList } from '../../src/kernel/timeouts.js';
import { handlerOf } from './log.js';

interface Item extends Expiring {
  readonly name: string;
}

function item(name: string): Item {
  return { name, timeoutList: undefined, timeoutAtNs: 0, timeoutPrevious: undefined, timeoutNext: undefined };
}

function world(durationNs: number) {
  const simulation = new Simulation();
  const lines: string[] = [];
  const owner = handlerOf((kind, payload) =>
    lines.push(`${simulation.nowNs} ${kind} ${(payload as Item).name}`),
  );
  return { simulation, lines, owner, list: new TimeoutList(simulation, durationNs, owner, 3) };
}

describe('a timeout list', () => {
  it('lets each item expire its duration after it was added, in the order of adding', () => {
    const { simulation, list, lines } = world(100);
    list.add(item('a'));
    list.add(item('b'));
    simulation.run(30);
    list.add(item('c'));
    simulation.run();
    expect(lines).toEqual(['100 3 a', '100 3 b', '130 3 c']);
  });

  it('forgets items that were cancelled: first, middle and last', () => {
    const { simulation, list, lines } = world(100);
    const items = ['a', 'b', 'c', 'd', 'e'].map(item);
    for (const each of items) {
      list.add(each);
      simulation.run(simulation.nowNs + 10);
    }
    for (const index of [0, 2, 4]) cancelTimeout(items[index]!);
    simulation.run();
    expect(lines).toEqual(['110 3 b', '130 3 d']);
    cancelTimeout(items[0]!); // not waiting: nothing happens
  });

  it('costs one event per duration at most, however many items come and go in time', () => {
    const { simulation, list, lines } = world(100);
    for (let index = 0; index < 1000; index += 1) {
      const passing = item(`${index}`);
      list.add(passing);
      simulation.run(simulation.nowNs + 1);
      cancelTimeout(passing);
    }
    simulation.run();
    // 1000 ns of waits, of 100 ns each, and the last one.
    expect(simulation.eventCount).toBeLessThanOrEqual(11);
    expect(lines).toEqual([]);
  });

  it('keeps to the duration of an item that comes when the list was left empty', () => {
    const { simulation, list, lines } = world(100);
    const first = item('a');
    list.add(first);
    cancelTimeout(first);
    simulation.run(60);
    list.add(item('b'));
    simulation.run();
    expect(lines).toEqual(['160 3 b']);
  });

  it('lets an owner add the item again when it expires', () => {
    const simulation = new Simulation();
    const times: number[] = [];
    const again = handlerOf((_kind, payload) => {
      times.push(simulation.nowNs);
      if (times.length < 3) list.add(payload as Item);
    });
    const list = new TimeoutList(simulation, 100, again, 0);
    list.add(item('a'));
    simulation.run();
    expect(times).toEqual([100, 200, 300]);
  });

  it('lets an owner cancel another item that is due at the same instant', () => {
    const simulation = new Simulation();
    const names: string[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map(item) as [Item, Item, Item];
    const owner = handlerOf((_kind, payload) => {
      names.push((payload as Item).name);
      cancelTimeout(b);
    });
    const list = new TimeoutList(simulation, 100, owner, 0);
    for (const each of [a, b, c]) list.add(each);
    simulation.run();
    expect(names).toEqual(['a', 'c']);
  });

  it('never expires where there is no limit', () => {
    const { simulation, list, lines } = world(NEVER);
    const only = item('a');
    list.add(only);
    simulation.run();
    expect([lines, only.timeoutList]).toEqual([[], undefined]);
  });

  it('refuses an item that waits already', () => {
    const { list } = world(100);
    const only = item('a');
    list.add(only);
    expect(() => list.add(only)).toThrow(InvariantError);
  });
});
