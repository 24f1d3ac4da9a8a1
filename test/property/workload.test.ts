import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { NEVER } from '../../src/kernel/time.js';
import { executors } from '../../src/model/load-generator.js';
import { rampReservations, rampSteps } from '../../src/model/ramp.js';
import type { Plan } from '../../src/model/workload.js';
import { checked, loadWorld } from '../model/load-fixture.js';

const ms = (max: number) => fc.integer({ min: 0, max });
const stages = (targetMax: number) =>
  fc.array(fc.record({ duration: ms(5000), target: fc.integer({ min: 0, max: targetMax }) }), {
    minLength: 1,
    maxLength: 5,
  });
const text = (list: { duration: number; target: number }[]) =>
  list.map(({ duration, target }) => ({ duration: `${duration}ms`, target }));

function planOf(executor: string, options: Record<string, unknown>): Plan {
  const plug = executors.get(executor);
  return plug.plan(checked(plug.options, options));
}

function timesOf(plan: Plan): number[] {
  if (plan.kind !== 'arrivals') throw new Error('not an arrival plan');
  const times: number[] = [];
  const arrivals = plan.arrivals();
  for (let atNs = arrivals.next(); atNs !== NEVER; atNs = arrivals.next()) times.push(atNs);
  return times;
}

describe('ramp', () => {
  test.prop([stages(20), fc.integer({ min: 0, max: 20 })], { seed: 1, numRuns: 200 })(
    'changes by single steps on the line, never goes back in time, and ends at 0',
    (list, startVUs) => {
      const plan = rampSteps({
        startVUs,
        stages: list.map((s) => ({ duration: s.duration * 1e6, target: s.target })),
      });
      for (const [index, step] of plan.entries()) {
        const before = plan[index - 1];
        if (before === undefined) continue;
        expect(step.atNs).toBeGreaterThanOrEqual(before.atNs);
        expect(step.vus).not.toBe(before.vus);
      }
      expect(plan.at(-1)!.vus).toBe(0);
    },
  );

  test.prop([stages(12), fc.integer({ min: 0, max: 12 }), ms(3000), ms(3000)], { seed: 2, numRuns: 200 })(
    'reserves at any time what is wanted, and never more than the largest target',
    (list, startVUs, down, stop) => {
      const ramp = { startVUs, stages: list.map((s) => ({ duration: s.duration * 1e6, target: s.target })) };
      const steps = rampSteps(ramp);
      const reserved = rampReservations({ ...ramp, gracefulRampDown: down * 1e6, gracefulStop: stop * 1e6 });
      const max = Math.max(startVUs, ...list.map((s) => s.target));
      for (const { vus } of reserved) expect(vus).toBeLessThanOrEqual(max);
      for (const { atNs } of [...steps, ...reserved]) {
        expect(levelAt(reserved, atNs)).toBeGreaterThanOrEqual(levelAt(steps, atNs));
      }
    },
  );
});

/** The last level set at or before `atNs`. */
function levelAt(steps: readonly { atNs: number; vus: number }[], atNs: number): number {
  return steps.filter((step) => step.atNs <= atNs).at(-1)?.vus ?? 0;
}

describe('arrivals', () => {
  test.prop([fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1000, max: 4000 })], {
    seed: 3,
    numRuns: 100,
  })('constant: as many as the rate promises, equally far apart, all before the end', (rate, durationMs) => {
    const options = { rate, duration: `${durationMs}ms`, preAllocatedVUs: 1 };
    const times = timesOf(planOf('constant-arrival-rate', options));
    expect(times).toHaveLength(Math.ceil((rate * durationMs) / 1000));
    expect(times.every((atNs, index) => atNs === index * Math.floor(1e9 / rate))).toBe(true);
    expect(times.at(-1)!).toBeLessThan(durationMs * 1e6);
  });

  test.prop([stages(200), fc.integer({ min: 0, max: 200 })], { seed: 4, numRuns: 150 })(
    'ramping: as many as the area under the rate, in order, all before the end',
    (list, startRate) => {
      const options = { startRate, stages: text(list), preAllocatedVUs: 1 };
      const times = timesOf(planOf('ramping-arrival-rate', options));
      let area = 0;
      let from = startRate;
      for (const stage of list) {
        area += (stage.duration / 1000) * ((from + stage.target) / 2);
        from = stage.target;
      }
      // The one that falls on the end instant is left out, and rounding decides on which side of it the last one falls.
      expect(Math.abs(times.length - Math.floor(area))).toBeLessThanOrEqual(1);
      expect(times.every((atNs, index) => index === 0 || atNs >= times[index - 1]!)).toBe(true);
    },
  );
});

describe('runs', () => {
  const stage = fc.record({ duration: ms(3000), target: fc.integer({ min: 0, max: 8 }) });
  const ramp = fc.record({
    executor: fc.constant('ramping-vus'),
    startVUs: fc.integer({ min: 1, max: 8 }),
    stages: fc.array(stage, { minLength: 1, maxLength: 4 }).map(text),
    gracefulRampDown: ms(2000).map((value) => `${value}ms`),
    gracefulStop: ms(2000).map((value) => `${value}ms`),
    startTime: ms(3000).map((value) => `${value}ms`),
  });
  const open = fc.record({
    executor: fc.constant('constant-arrival-rate'),
    rate: fc.integer({ min: 1, max: 30 }),
    duration: fc.integer({ min: 1000, max: 3000 }).map((value) => `${value}ms`),
    preAllocatedVUs: fc.integer({ min: 0, max: 4 }),
    maxVUs: fc.integer({ min: 4, max: 9 }),
    gracefulStop: ms(2000).map((value) => `${value}ms`),
    startTime: ms(3000).map((value) => `${value}ms`),
  });
  const shared = fc.record({
    executor: fc.constantFrom('shared-iterations', 'per-vu-iterations'),
    vus: fc.integer({ min: 1, max: 5 }),
    iterations: fc.integer({ min: 5, max: 20 }),
    maxDuration: fc.integer({ min: 1000, max: 3000 }).map((value) => `${value}ms`),
    gracefulStop: ms(2000).map((value) => `${value}ms`),
  });

  test.prop(
    [
      fc.array(fc.oneof(ramp, open, shared), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 900 }),
      ms(900),
    ],
    { seed: 5, numRuns: 60 },
  )(
    'every iteration ends once, all users come home, and the same seed runs the same',
    (list, answerMs, sleepMs) => {
      const scenarios = list.map((scenario, index) => ({
        ...scenario,
        name: `s${index}`,
        iteration: [{ get: '/a' }, { sleep: `${sleepMs}ms` }, { get: '/b' }],
      }));
      const run = () => {
        const world = loadWorld({ scenarios, behave: () => answerMs * 1e6, latencyNs: 1e6 });
        world.simulation.run();
        return world;
      };
      const world = run();
      expect(world.load.finished).toBe(true);
      expect(world.load.vus).toBe(0);
      const { accepted } = world.station;
      const complete = world.sink.iterations.length;
      expect(world.sink.samples.length).toBeGreaterThanOrEqual(2 * complete);
      expect(accepted.length).toBeLessThanOrEqual(2 * (complete + world.sink.interrupted));
      expect(run().simulation.fingerprint.digest()).toBe(world.simulation.fingerprint.digest());
    },
  );
});
