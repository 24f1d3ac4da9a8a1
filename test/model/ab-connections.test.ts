import { describe, expect, it } from 'vitest';
import { Admission, type Exchange, Failure } from '../../src/model/exchange.js';
import { loadWorld } from './load-fixture.js';

const MS = 1e6;

function world(options: Record<string, unknown>, behave: Parameters<typeof loadWorld>[0]['behave']) {
  const scenarios = [{ executor: 'ab', iteration: [{ get: '/' }], ...options }];
  return loadWorld({ scenarios, behave });
}

describe('ab', () => {
  it('has a connection for each request; with -k one for each place', () => {
    for (const [k, connections] of [
      [false, 20],
      [true, 4],
    ] as const) {
      const one = world({ n: 20, c: 4, k }, () => 10 * MS);
      one.simulation.run();
      expect(one.station.accepted).toHaveLength(20);
      expect(one.station.connectCount).toBe(connections);
    }
  });

  it('gives up after so long without any answer, and drops what it has not sent', () => {
    const one = world({ n: 20, c: 4, s: '2s' }, (_, index) => (index < 7 ? 100 * MS : 1e15));
    one.simulation.run();
    // Answers at 100 (the first alone), 200 and, of the next four, two at 300 ms.
    expect(one.load.endNs).toBe(2300 * MS);
    expect(one.sink.samples).toHaveLength(7);
    expect(one.sink.interrupted).toBe(4);
    expect(one.sink.dropped).toBe(9);
  });

  it('waits longer than that for a single answer where others come', () => {
    const one = world({ n: 60, c: 2, s: '1s' }, (_, index) => (index === 1 ? 3000 * MS : 100 * MS));
    one.simulation.run();
    expect(one.sink.samples).toHaveLength(60);
    expect(one.sink.dropped).toBe(0);
  });

  it('ends where a connection is reset; with -r it goes on', () => {
    const behave = (_: Exchange, index: number) =>
      index === 5 ? (exchange: Exchange) => exchange.breakOff(Failure.reset) : 10 * MS;
    const strict = world({ n: 20, c: 2, k: true }, behave);
    strict.simulation.run();
    expect(strict.sink.samples).toHaveLength(6);
    expect(strict.load.finished).toBe(true);
    const lenient = world({ n: 20, c: 2, k: true, r: true }, behave);
    lenient.simulation.run();
    expect(lenient.sink.samples).toHaveLength(20);
    expect(lenient.sink.samples.filter(({ failed }) => failed)).toHaveLength(1);
  });

  it('ends at once where nobody listens', () => {
    const one = world({ n: 20, c: 5 }, () => 10 * MS);
    one.station.admission = Admission.refused;
    one.simulation.run();
    // No iteration is shorter than a microsecond.
    expect(one.load.endNs).toBe(1000);
    expect(one.sink.samples).toHaveLength(1);
  });

  it('calls answers failed that are not as long as the first, unless they may vary', () => {
    const behave = (_: Exchange, index: number) => (exchange: Exchange) => {
      exchange.bodyBytes = index === 2 ? 11 : 10;
      exchange.answer(200, 100);
    };
    for (const [l, failed] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const one = world({ n: 5, l }, behave);
      one.simulation.run();
      expect(one.sink.samples.filter((sample) => sample.failed)).toHaveLength(failed);
    }
  });
});
