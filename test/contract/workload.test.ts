import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NEVER } from '../../src/kernel/time.js';
import { executors } from '../../src/model/load-generator.js';
import { check } from '../../src/options/fields.js';
import { checked, loadWorld } from '../model/load-fixture.js';

/** What each executor of k6 says of its example, in k6's words. */
const DESCRIPTIONS: Record<string, string> = {
  'constant-arrival-rate': '50.00 iterations/s for 1m0s (maxVUs: 20-100, gracefulStop: 30s)',
  'constant-vus': '10 looping VUs for 30s (gracefulStop: 30s)',
  'per-vu-iterations': '20 iterations for each of 10 VUs (maxDuration: 1m0s, gracefulStop: 30s)',
  'ramping-arrival-rate':
    'Up to 60.00 iterations/s for 1m0s over 1 stages (maxVUs: 20-100, gracefulStop: 30s)',
  'ramping-vus': 'Up to 100 looping VUs for 1m30s over 2 stages (gracefulRampDown: 30s, gracefulStop: 30s)',
  'shared-iterations': '200 iterations shared among 10 VUs (maxDuration: 1m0s, gracefulStop: 30s)',
};

/** The other load generators: what they say of their example, and the key of what k6 calls gracefulStop. */
const OTHERS: Record<string, { readonly says: string; readonly graceful: string }> = {
  ab: { says: '1000 requests, 10 at a time', graceful: 's' },
  locust: {
    says: 'Ramping to 50 users at a rate of 5.00 per second, for 120 seconds',
    graceful: 'stop_timeout',
  },
  trace: { says: '2 requests in 75ms at 2 times the speed', graceful: 'gracefulStop' },
};

it('there are the six executors of k6 that have a plan, and three other generators', () => {
  expect([...executors.names].sort()).toEqual([...Object.keys(DESCRIPTIONS), ...Object.keys(OTHERS)].sort());
});

describe.each(
  executors.plugs.filter(({ name }) => name in DESCRIPTIONS).map((plug) => [plug.name, plug] as const),
)('%s of k6', (name, plug) => {
  const { executor, ...example } = parse(plug.example) as Record<string, unknown>;
  const options = checked(plug.options, example) as { startTime: number; gracefulStop: number };

  it('has an example that is right, and describes it as k6 does', () => {
    expect(executor).toBe(name);
    expect(plug.describe(options)).toBe(DESCRIPTIONS[name]);
    const started = { ...options, startTime: 5e9, exec: 'other', gracefulStop: 0 };
    expect(plug.describe(started)).toMatch(/exec: other, startTime: 5s\)$/);
  });

  it("has k6's common options and defaults", () => {
    expect(options).toMatchObject({ startTime: 0, gracefulStop: 30e9 });
    const common = { startTime: '1m', gracefulStop: '0s', exec: 'f', env: { A: 'b' }, tags: { c: 'd' } };
    expect(check(plug.options, { ...example, ...common }).ok).toBe(true);
  });
});

describe.each(executors.plugs.map((plug) => [plug.name, plug] as const))('%s', (name, plug) => {
  const { executor, ...example } = parse(plug.example) as Record<string, unknown>;
  const options = checked(plug.options, example) as { startTime: number };
  const graceful = OTHERS[name]?.graceful ?? 'gracefulStop';
  const own = plug.iteration === 'none' ? {} : { iteration: [{ get: '/' }] };

  it('has an example that is right, and says what it is', () => {
    expect(executor).toBe(name);
    expect(plug.describe(options)).toBe(OTHERS[name]?.says ?? DESCRIPTIONS[name]);
    expect(options).toMatchObject({ startTime: 0 });
  });

  it('refuses unknown keys and bare numbers for durations', () => {
    for (const wrong of [{ gracefulStopp: '1s' }, { startTime: 5 }, { [graceful]: '-1s' }]) {
      const result = check(plug.options, { ...example, ...wrong });
      expect(result.ok ? [] : result.issues).toHaveLength(1);
    }
  });

  it('plans in order of time, and starts anew each time', () => {
    const plan = plug.plan(options);
    if (plan.kind === 'vus') {
      expect(plan.steps[0]!.atNs).toBe(0);
      expect(plan.steps.at(-1)!.vus).toBe(0);
      expect(isAscending(plan.steps.map(({ atNs }) => atNs))).toBe(true);
    } else if (plan.kind === 'arrivals') {
      const times = take(plan.arrivals());
      expect(isAscending(times)).toBe(true);
      expect(times.at(-1)!).toBeLessThan(plan.durationNs);
      expect(take(plan.arrivals())).toEqual(times);
    } else {
      expect(plan.iterations).toBeGreaterThanOrEqual(plan.vus);
    }
  });

  it('reserves users from its start to an end without any', () => {
    const steps = plug.requirements(options);
    expect(steps[0]).toMatchObject({ atNs: 0 });
    expect(steps.at(-1)).toMatchObject({ plannedVus: 0, unplannedVusMax: 0 });
    expect(isAscending(steps.map(({ atNs }) => atNs))).toBe(true);
  });

  it('ends when nothing runs any more, with all users idle', () => {
    const steps = plug.iteration === undefined ? { iteration: [{ get: '/' }, { sleep: '1s' }] } : own;
    const scenarios = [{ ...example, executor: name, startTime: '3s', ...steps }];
    const world = loadWorld({ scenarios, behave: () => 3e8 });
    world.simulation.run();
    expect(world.load.endNs).toBe(world.simulation.nowNs);
    expect(world.load.vus).toBe(0);
    const { iterations, samples, interrupted } = world.sink;
    expect(iterations.length).toBeGreaterThan(name === 'trace' ? 1 : 100);
    // One request each; whether an interrupted iteration had its answer depends on the moment.
    expect(samples.length).toBeGreaterThanOrEqual(iterations.length);
    expect(samples.length).toBeLessThanOrEqual(iterations.length + interrupted);
    expect(world.station.accepted[0]!.atNs).toBeGreaterThanOrEqual(3e9);
  });

  it('ends by its graceful stop where the system hangs', () => {
    const scenarios = [
      {
        ...example,
        executor: name,
        [graceful]: '7s',
        ...(plug.iteration === undefined ? { iteration: [{ get: '/', timeout: '1h' }] } : own),
      },
    ];
    const world = loadWorld({ scenarios, behave: () => 1e15 });
    world.simulation.run();
    const lastNs = plug.requirements({ ...options, [graceful]: 7e9 }).at(-1)!.atNs;
    // ab has no plan of its end: it gives up so long after the start.
    expect(world.load.endNs).toBe(name === 'ab' ? 7e9 : lastNs);
    expect(world.sink.interrupted).toBeGreaterThan(0);
    expect(world.sink.iterations).toHaveLength(0);
    expect(world.sink.samples).toHaveLength(0);
  });
});

describe('mistakes', () => {
  it.each([
    ['locust', { users: 0, spawn_rate: 0, run_time: '1m' }, ['spawn_rate', 'users']],
    ['locust', { users: 3 }, ['run_time']],
    ['locust', { run_time: '1m', wait_time: { between: ['5s', '1s'] } }, ['wait_time.between']],
    ['locust', { run_time: '1m', wait_time: { constant: '1s', constant_pacing: '2s' } }, ['wait_time']],
    ['locust', { stages: [] }, ['stages']],
    [
      'locust',
      {
        stages: [
          { duration: '9s', users: 1, spawn_rate: 1 },
          { duration: '5s', users: 1, spawn_rate: 1 },
        ],
      },
      ['stages.1.duration'],
    ],
    ['ab', { n: 3, c: 5 }, ['c']],
    ['ab', { n: 3, t: '10ms' }, ['t']],
    ['trace', {}, ['requests']],
    [
      'trace',
      {
        requests: [
          { at: '1s', path: '/' },
          { at: '0s', path: 'x' },
        ],
      },
      ['requests.1.at', 'requests.1.path'],
    ],
    ['ramping-vus', { stages: [] }, ['stages']],
    ['ramping-vus', { startVUs: 0, stages: [{ duration: '1s', target: 0 }] }, ['stages']],
    [
      'ramping-vus',
      { stages: [{ duration: 1, target: -1 }, { target: 1.5 }] },
      ['stages.0.duration', 'stages.0.target', 'stages.1.duration', 'stages.1.target'],
    ],
    ['constant-vus', { vus: 0, duration: '999ms' }, ['vus', 'duration']],
    ['constant-vus', {}, ['duration']],
    ['shared-iterations', { vus: 3, iterations: 2 }, ['iterations']],
    ['per-vu-iterations', { iterations: 0, maxDuration: '10ms' }, ['iterations', 'maxDuration']],
    ['constant-arrival-rate', { rate: 1.5, duration: '1s' }, ['preAllocatedVUs', 'rate']],
    ['constant-arrival-rate', { rate: 1, duration: '1s', preAllocatedVUs: 5, maxVUs: 4 }, ['maxVUs']],
    [
      'ramping-arrival-rate',
      { stages: [{ duration: '1s', target: 1 }], preAllocatedVUs: 1, timeUnit: '0s' },
      ['timeUnit'],
    ],
  ] as const)('%s %j', (name, options, places) => {
    const result = check(executors.get(name).options, options);
    expect(result.ok ? [] : result.issues.map(({ path }) => path.join('.')).sort()).toEqual(
      [...places].sort(),
    );
  });
});

function take(arrivals: { next(): number }): number[] {
  const times: number[] = [];
  for (let atNs = arrivals.next(); atNs !== NEVER; atNs = arrivals.next()) times.push(atNs);
  return times;
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}
