import { describe, expect, it } from 'vitest';
import { iterationField } from '../../src/model/iteration.js';
import { check } from '../../src/options/fields.js';
import { checked, type LoadWorldOptions, loadWorld } from './load-fixture.js';

const MS = 1e6;

function run(iteration: unknown, iterations = 1, options: Partial<LoadWorldOptions> = {}) {
  const world = loadWorld({
    scenarios: [{ executor: 'per-vu-iterations', iterations, maxDuration: '10h', iteration }],
    ...options,
  });
  world.simulation.run();
  return world;
}

function lines(world: ReturnType<typeof loadWorld>): string[] {
  return world.sink.samples.map(
    ({ method, name, group }) => `${method} ${name}${group === '' ? '' : ` in ${group}`}`,
  );
}

describe('iteration', () => {
  it('sends what it lists, in order', () => {
    const world = run([
      { get: '/a' },
      { head: '/b' },
      { post: '/c', bytes: 10 },
      { put: '/d', name: 'other' },
      { patch: '/e' },
      { del: '/f' },
      { options: '/g' },
      { request: { method: 'PURGE', path: '/h' } },
    ]);
    expect(lines(world)).toEqual([
      'GET /a',
      'HEAD /b',
      'POST /c',
      'PUT other',
      'PATCH /e',
      'DELETE /f',
      'OPTIONS /g',
      'PURGE /h',
    ]);
    expect(world.station.accepted[3]!.exchange.endpoint.path).toBe('/d');
  });

  it('sleeps, repeats and nests groups', () => {
    const world = run([
      { repeat: 2, do: [{ repeat: 2, do: [{ get: '/a' }, { sleep: '100ms' }] }, { get: '/b' }] },
      { repeat: 0, do: [{ get: '/never' }] },
      { group: 'x', do: [{ get: '/c' }, { group: 'y', do: [{ get: '/d' }] }] },
      { get: '/e' },
    ]);
    const loop = ['GET /a', 'GET /a', 'GET /b'];
    expect(lines(world)).toEqual([...loop, ...loop, 'GET /c in ::x', 'GET /d in ::x::y', 'GET /e']);
    expect(world.load.endNs).toBe(400 * MS);
  });

  it('chooses by weight, the same whatever the system does', () => {
    const iteration = [
      {
        choose: [
          { weight: 3, do: [{ get: '/a' }] },
          { do: [{ get: '/b' }, { sleep: { exponential: '1s' } }] },
        ],
      },
      { get: '/end' },
    ];
    const fast = run(iteration, 4000);
    const slow = run(iteration, 4000, { behave: () => 70 * MS });
    expect(lines(slow)).toEqual(lines(fast));
    const share = lines(fast).filter((line) => line === 'GET /a').length / 4000;
    // Binomial: 4.5 standard deviations of a share of 0.75 among 4000.
    expect(Math.abs(share - 0.75)).toBeLessThan(4.5 * Math.sqrt((0.75 * 0.25) / 4000));
    const pauses = (world: typeof fast) => world.sink.iterations.map(({ durationNs }) => durationNs);
    expect(pauses(fast).filter((durationNs) => durationNs > 0)).toHaveLength(
      lines(fast).filter((line) => line === 'GET /b').length,
    );
  });

  it('makes the same choices with a constant think time and with a drawn one', () => {
    const iteration = (sleep: unknown) => [
      { sleep },
      { choose: [{ do: [{ get: '/a' }] }, { do: [{ get: '/b' }] }] },
    ];
    const drawn = run(iteration({ exponential: '1s' }), 50);
    expect(lines(run(iteration('1s'), 50))).toEqual(lines(drawn));
  });

  it('gives each request a key of its own', () => {
    const world = run([{ repeat: 3, do: [{ get: '/a' }] }], 100);
    const keys = world.station.accepted.map(({ exchange }) => `${exchange.keyHigh} ${exchange.keyLow}`);
    expect(new Set(keys).size).toBe(300);
  });

  it('checks the last answer', () => {
    const world = run(
      [
        { get: '/a', check: 'status is 200' },
        { check: { slow: { max_duration: '1ms' }, fast: { max_duration: '20ms', status: [200, 201] } } },
        { group: 'g', do: [{ check: { big: { min_bytes: 2000 }, some: { min_bytes: 1000 } } }] },
        { get: '/b', timeout: '5ms', check: { 'status was 200': { status: { min: 200, max: 299 } } } },
      ],
      1,
      { behave: () => 10 * MS },
    );
    expect(world.sink.checks).toEqual([
      'default  status is 200: true',
      'default  slow: false',
      'default  fast: true',
      'default ::g big: false',
      'default ::g some: true',
      'default  status was 200: false',
    ]);
  });
});

describe('iterationField', () => {
  it('gives one shape per kind, with k6 defaults', () => {
    expect(checked(iterationField(), [{ get: '/a' }, { sleep: '1s' }])).toEqual([
      {
        kind: 'request',
        method: 'GET',
        path: '/a',
        options: { timeout: 60e9, headers: {}, expect: [{ min: 200, max: 399 }] },
      },
      { kind: 'sleep', duration: { kind: 'constant', options: { value: 1e9 } } },
    ]);
  });

  it('reports every mistake where it stands', () => {
    const result = check(iterationField(), [
      { get: 'a', timeout: 5, bytes: 3 },
      { sleep: '1 fortnight' },
      { choose: [{ weight: 0, do: [{ gett: '/' }] }] },
      { repeat: -1, do: [{ get: '/a' }] },
      { group: 'a::b', do: [] },
      { check: 'it works' },
      { get: '/a', expect: 20 },
      'get /',
    ]);
    if (result.ok) throw new Error('accepted');
    const places = result.issues.map(({ path, aboutKey }) => [
      ...path,
      ...(aboutKey === undefined ? [] : [aboutKey]),
    ]);
    expect(places.map((place) => place.join('.')).sort()).toEqual([
      '0.bytes',
      '0.get',
      '0.timeout',
      '1.sleep',
      // The missing key and the misspelt one: the input room tells them as one mistake.
      '2.choose.0.do.0.get',
      '2.choose.0.do.0.gett',
      '2.choose.0.weight',
      '3.repeat',
      '4.group',
      '5.check',
      '6.expect',
      '7',
    ]);
    for (const { message } of result.issues) expect(JSON.parse(message)).toHaveProperty('expected');
  });
});
