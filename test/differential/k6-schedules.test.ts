import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../src/kernel/time.js';
import { executors } from '../../src/model/load-generator.js';
import { rampReservations, rampSteps } from '../../src/model/ramp.js';
import type { VuStep } from '../../src/model/workload.js';
import { loadWorld } from '../model/load-fixture.js';

interface RecordedStage {
  readonly durationNs: number;
  readonly target: number;
}

/** What k6's own code computed; see `source` in the file. */
interface Recorded {
  readonly ramps: {
    readonly startVUs: number;
    readonly stages: RecordedStage[];
    readonly gracefulRampDownNs: number;
    readonly gracefulStopNs: number;
    readonly steps: [number, number][];
    readonly reservations: [number, number][];
    readonly description: string;
  }[];
  readonly arrivals: {
    readonly startRate: number;
    readonly timeUnitNs: number;
    readonly stages: RecordedStage[];
    readonly timesNs: number[];
    readonly description: string;
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL('./k6-schedules.json', import.meta.url), 'utf8'),
) as Recorded;

const MS = 1e6;
const S = 1e9;

function stagesOf(stages: readonly RecordedStage[]) {
  return stages.map(({ durationNs, target }) => ({ duration: durationNs, target }));
}

const pairs = (steps: readonly VuStep[]) => steps.map(({ atNs, vus }) => [atNs, vus]);

describe("k6's own computations, to the ns", () => {
  it.each(recorded.ramps.map((ramp, index) => [index, ramp] as const))('ramp %i', (_index, ramp) => {
    const own = {
      startVUs: ramp.startVUs,
      stages: stagesOf(ramp.stages),
      gracefulRampDown: ramp.gracefulRampDownNs,
      gracefulStop: ramp.gracefulStopNs,
    };
    expect(pairs(rampSteps(own))).toEqual(ramp.steps);
    expect(pairs(rampReservations(own))).toEqual(ramp.reservations);
    const text = executors.get('ramping-vus').describe({ ...own, startTime: 0 });
    expect(text).toBe(ramp.description);
  });

  it.each(recorded.arrivals.map((ramp, index) => [index, ramp] as const))('arrivals %i', (_index, ramp) => {
    const options = {
      startRate: ramp.startRate,
      timeUnit: ramp.timeUnitNs,
      stages: stagesOf(ramp.stages),
      preAllocatedVUs: 2,
      maxVUs: 7,
      startTime: 0,
      gracefulStop: 30 * S,
    };
    const plug = executors.get('ramping-arrival-rate');
    const plan = plug.plan(options);
    if (plan.kind !== 'arrivals') throw new Error('not an arrival plan');
    const arrivals = plan.arrivals();
    const own: number[] = [];
    for (let atNs = arrivals.next(); atNs !== NEVER && own.length < 150; atNs = arrivals.next())
      own.push(atNs);
    expect(own).toEqual(ramp.timesNs.slice(0, own.length));
    // Our rule for k6's race: what falls on the end instant (in doubles: within a microsecond of it) does not start.
    const left = ramp.timesNs.slice(own.length);
    expect(left.length).toBeLessThanOrEqual(1);
    for (const atNs of left) expect(Math.abs(atNs - plan.durationNs)).toBeLessThan(1000);
    expect(plug.describe(options)).toBe(ramp.description);
  });
});

describe('runs of the real binary, as recorded', () => {
  it('0 to 4/s in 2 s, 4/s for 1 s, to 0 in 1 s', () => {
    const world = loadWorld({
      scenarios: [
        {
          executor: 'ramping-arrival-rate',
          stages: [
            { duration: '2s', target: 4 },
            { duration: '1s', target: 4 },
            { duration: '1s', target: 0 },
          ],
          preAllocatedVUs: 5,
          iteration: [{ get: '/' }],
        },
      ],
    });
    world.simulation.run();
    const seen = world.station.accepted.map(({ atNs }) => Math.round(atNs / MS));
    expect(seen).toEqual([1000, 1414, 1732, 2000, 2250, 2500, 2750, 3000, 3293]);
  });

  it('10/s with 0.5 s of work, one user made, three allowed: the events at 0.1 and 0.3 s are dropped', () => {
    const world = loadWorld({
      scenarios: [
        {
          executor: 'constant-arrival-rate',
          rate: 10,
          duration: '1s',
          preAllocatedVUs: 1,
          maxVUs: 3,
          iteration: [{ sleep: '0.5s' }],
        },
      ],
    });
    world.simulation.run();
    expect(world.sink.droppedAtNs.slice(0, 2)).toEqual([0.1 * S, 0.3 * S]);
    expect(world.load.vusMax).toBe(3);
  });

  it('a slot stopped at 1 s with gracefulRampDown 1 s is interrupted at 2 s', () => {
    const world = loadWorld({
      scenarios: [
        {
          executor: 'ramping-vus',
          startVUs: 2,
          stages: [
            { duration: '1s', target: 1 },
            { duration: '3s', target: 1 },
          ],
          gracefulRampDown: '1s',
          iteration: [{ get: '/' }],
        },
      ],
      behave: (_exchange, index) => (index === 1 ? 60 * S : 100 * MS),
    });
    world.simulation.run();
    expect(world.station.abandonedAtNs).toEqual([2 * S]);
    expect(world.sink.interrupted).toBe(1);
  });

  it('a GET on a stale connection is sent again silently, a POST is not', () => {
    const breakSecond = (_exchange: unknown, index: number) =>
      index === 1 ? (broken: { breakOff(failure: 3): void }) => broken.breakOff(3) : 0;
    const world = (step: Record<string, string>) => {
      const made = loadWorld({
        scenarios: [{ executor: 'per-vu-iterations', iterations: 2, iteration: [step] }],
        behave: breakSecond,
      });
      made.simulation.run();
      return made;
    };
    const get = world({ get: '/' });
    expect(get.sink.samples.map(({ status }) => status)).toEqual([200, 200]);
    expect(get.station.accepted).toHaveLength(3);
    expect(get.station.connectCount).toBe(2);
    const post = world({ post: '/' });
    expect(post.sink.samples.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      [200, 0],
      [0, 1000],
    ]);
  });
});
