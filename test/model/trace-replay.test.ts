import { describe, expect, it } from 'vitest';
import { loadWorld } from './load-fixture.js';

const MS = 1e6;

function replay(requests: object[], options: object, behave: Parameters<typeof loadWorld>[0]['behave']) {
  const world = loadWorld({ scenarios: [{ executor: 'trace', requests, ...options }], behave });
  world.simulation.run();
  return world;
}

describe('trace', () => {
  const requests = [
    { at: '0s', path: '/a', client: '10.0.0.1' },
    { at: '100ms', method: 'POST', path: '/b?x=1', client: '10.0.0.2', bytes: 40 },
    { at: '100ms', path: '/c', client: '10.0.0.1' },
    { at: '2s', path: '/d', client: '10.0.0.1' },
  ];

  it('sends each line at its time, however slow the system is', () => {
    const world = replay(requests, {}, () => 500 * MS);
    expect(world.station.accepted.map(({ atNs, exchange }) => [atNs / MS, exchange.endpoint.path])).toEqual([
      [0, '/a'],
      [100, '/b?x=1'],
      [100, '/c'],
      [2000, '/d'],
    ]);
    expect(world.sink.samples.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'GET']);
    expect(world.load.endNs).toBe(2500 * MS);
    expect(world.load.vus).toBe(0);
  });

  it('sends for the client of the line, over its own connections', () => {
    const world = replay(requests, {}, () => 500 * MS);
    const addresses = world.station.accepted.map(({ exchange }) => exchange.clientAddress);
    expect(addresses).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.1']);
    // /a and /c are under way together; /d goes over one of theirs.
    expect(world.station.connectCount).toBe(3);
  });

  it('goes faster with speed, and ends what hangs after the graceful stop', () => {
    const world = replay(requests, { speed: 4, gracefulStop: '1s' }, () => 1e15);
    expect(world.station.accepted.map(({ atNs }) => atNs / MS)).toEqual([0, 25, 25, 500]);
    expect(world.load.endNs).toBe(1500 * MS);
    expect(world.sink.interrupted).toBe(4);
  });

  it('ends where nothing takes time', () => {
    const world = replay([{ at: '0s', path: '/' }], {}, () => 0);
    expect(world.sink.samples).toHaveLength(1);
    expect(world.load.finished).toBe(true);
  });
});
