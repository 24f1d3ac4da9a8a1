import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NS_PER_MS } from '../../src/kernel/time.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Host } from '../../src/model/host.js';

interface Burst {
  readonly atMs: number;
  readonly demandMs: number;
}

interface Scene {
  readonly cores: number;
  /** CPU time per period; absent: no quota. */
  readonly quotaMs?: number;
  readonly periodMs?: number;
  readonly phaseMs?: number;
  readonly bursts: readonly Burst[];
}

interface Outcome {
  /** When each burst was done, ms. */
  readonly doneMs: number[];
  readonly frozenMs: number;
  readonly throttledCount: number;
}

function play({ cores, quotaMs, periodMs = 100, phaseMs = 0, bursts }: Scene): Outcome & { cpuMs: number } {
  const simulation = new Simulation();
  const quota =
    quotaMs === undefined
      ? undefined
      : {
          quotaNs: quotaMs * NS_PER_MS,
          periodNs: periodMs * NS_PER_MS,
          phaseNs: phaseMs * NS_PER_MS,
        };
  const group = new CpuGroup(simulation, new Host('host', cores), { name: 'group', quota });
  const doneMs: number[] = [];
  const done = {
    handle: (_kind: number, payload: unknown) => {
      doneMs[payload as number] = simulation.nowNs / NS_PER_MS;
    },
  };
  const start = {
    handle: (_kind: number, payload: unknown) => {
      group.start(Math.round(bursts[payload as number]!.demandMs * NS_PER_MS), done, 0, payload);
    },
  };
  for (const [index, { atMs }] of bursts.entries())
    simulation.schedule(Math.round(atMs * NS_PER_MS), start, 0, index);
  simulation.run();
  return {
    doneMs,
    frozenMs: group.frozenNs / NS_PER_MS,
    throttledCount: group.throttledCount,
    cpuMs: group.cpuNs / NS_PER_MS,
  };
}

/** Step of the naive model, ms. */
const STEP_MS = 0.001;

/** The same in steps of a microsecond: what runs in a step comes off everybody's demand and off the quota. */
function playNaively({ cores, quotaMs, periodMs = 100, phaseMs = 0, bursts }: Scene): Outcome {
  const left = bursts.map(({ demandMs }) => demandMs);
  const doneMs: number[] = [];
  const budgetMs = quotaMs ?? Number.POSITIVE_INFINITY;
  let quotaLeftMs = budgetMs;
  let period = -1;
  let frozenMs = 0;
  let throttledCount = 0;
  let throttledPeriod = -1;
  for (let step = 0; doneMs.filter((time) => time !== undefined).length < bursts.length; step += 1) {
    const nowMs = step * STEP_MS;
    const nowPeriod = Math.floor((nowMs - phaseMs + 1e-9) / periodMs);
    if (nowPeriod !== period) {
      period = nowPeriod;
      quotaLeftMs = budgetMs;
    }
    const running = bursts.flatMap(({ atMs }, index) =>
      atMs <= nowMs + 1e-9 && left[index]! > 0 ? [index] : [],
    );
    if (running.length === 0) continue;
    if (quotaLeftMs < 1e-6) {
      frozenMs += STEP_MS;
      if (throttledPeriod !== period) throttledCount += 1;
      throttledPeriod = period;
      continue;
    }
    const usedMs = Math.min(quotaLeftMs, STEP_MS * Math.min(running.length, cores));
    quotaLeftMs -= usedMs;
    for (const index of running) {
      left[index]! -= usedMs / running.length;
      if (left[index]! <= 1e-9) {
        left[index] = 0;
        doneMs[index] = nowMs + STEP_MS;
      }
    }
  }
  return { doneMs, frozenMs, throttledCount };
}

describe('threads of a group without a quota', () => {
  it('have a core each while there are enough, and share equally where not', () => {
    const bursts = [10, 10, 20, 20].map((demandMs) => ({ atMs: 0, demandMs }));
    expect(play({ cores: 4, bursts }).doneMs).toEqual([10, 10, 20, 20]);
    // Half a core each: the first two need 20 ms; the others then have 10 ms left, and a core each.
    expect(play({ cores: 2, bursts }).doneMs).toEqual([20, 20, 30, 30]);
  });

  it('make up for each other: a late short one stretches an early long one', () => {
    const bursts = [
      { atMs: 0, demandMs: 10 },
      { atMs: 5, demandMs: 2 },
    ];
    expect(play({ cores: 1, bursts }).doneMs).toEqual([12, 9]);
  });
});

describe("a quota of 0.25 CPU, docker's --cpus=0.25", () => {
  const quarter = { cores: 1, quotaMs: 25 };

  it('lets a job of 30 ms that starts with a period take 105 ms', () => {
    const { doneMs, frozenMs, throttledCount, cpuMs } = play({
      ...quarter,
      bursts: [{ atMs: 0, demandMs: 30 }],
    });
    expect(doneMs).toEqual([105]);
    expect([frozenMs, throttledCount, cpuMs]).toEqual([75, 1, 30]);
  });

  it('is met where its boundaries are: the same job lasts 30 ms across one', () => {
    expect(play({ ...quarter, bursts: [{ atMs: 80, demandMs: 30 }] }).doneMs).toEqual([110]);
    expect(play({ ...quarter, phaseMs: 20, bursts: [{ atMs: 0, demandMs: 30 }] }).doneMs).toEqual([30]);
  });

  it('does not carry over what an idle period left', () => {
    expect(play({ ...quarter, bursts: [{ atMs: 1000, demandMs: 50 }] }).doneMs).toEqual([1125]);
  });

  it('is spent by all threads together, and freezes all of them', () => {
    const bursts = [
      { atMs: 0, demandMs: 20 },
      { atMs: 0, demandMs: 20 },
    ];
    // Two cores: the quota is gone after 12.5 ms; 7.5 ms remain of each.
    expect(play({ cores: 2, quotaMs: 25, bursts }).doneMs).toEqual([107.5, 107.5]);
  });

  it('freezes who comes when it is gone, but not for nothing', () => {
    const bursts = [
      { atMs: 0, demandMs: 25 },
      { atMs: 50, demandMs: 1 },
    ];
    const { doneMs, frozenMs, throttledCount } = play({ ...quarter, bursts });
    expect(doneMs).toEqual([25, 101]);
    expect([frozenMs, throttledCount]).toEqual([50, 1]);
  });

  it('throttles once in every period of a long job', () => {
    const { doneMs, throttledCount, frozenMs } = play({ ...quarter, bursts: [{ atMs: 0, demandMs: 1000 }] });
    // 40 periods, the last of which ends with the job.
    expect([doneMs, throttledCount, frozenMs]).toEqual([[3925], 39, 39 * 75]);
  });
});

it('a quota of 1.5 CPUs freezes two threads a quarter of the time', () => {
  const bursts = [100, 100].map((demandMs) => ({ atMs: 0, demandMs }));
  expect(play({ cores: 4, quotaMs: 150, bursts }).doneMs).toEqual([125, 125]);
  expect(play({ cores: 4, quotaMs: 150, bursts: [{ atMs: 0, demandMs: 400 }] }).doneMs).toEqual([400]);
});

it('a quota is what a model in steps of a microsecond says', () => {
  const burst = fc.record({
    atMs: fc.integer({ min: 0, max: 3000 }).map((value) => value / 10),
    // Not in step with quota or period: exactly when both end, either may be first.
    demandMs: fc.integer({ min: 1, max: 400 }).map((value) => value / 10 + 0.037),
  });
  const scene = fc.record({
    cores: fc.integer({ min: 1, max: 3 }),
    quotaMs: fc.constantFrom(10, 25, 50, 90, 150),
    periodMs: fc.constantFrom(50, 100),
    phaseMs: fc.constantFrom(0, 13, 49),
    bursts: fc.array(burst, { minLength: 1, maxLength: 6 }),
  });
  fc.assert(
    fc.property(scene, (drawn) => {
      const exact = play(drawn);
      const naive = playNaively(drawn);
      // A step and what is left of it is lost at each arrival, end and freeze: of these there are fewer than 60.
      const toleranceMs = 60 * STEP_MS;
      for (const [index, doneMs] of exact.doneMs.entries()) {
        expect(Math.abs(doneMs - naive.doneMs[index]!)).toBeLessThan(toleranceMs);
      }
      expect(Math.abs(exact.frozenMs - naive.frozenMs)).toBeLessThan(toleranceMs);
      expect(exact.throttledCount).toBe(naive.throttledCount);
    }),
    { seed: 7, numRuns: 25 },
  );
});

describe('a group', () => {
  function oneCore() {
    const simulation = new Simulation();
    const group = new CpuGroup(simulation, new Host('host', 1), { name: 'group' });
    const lines: string[] = [];
    const log = {
      handle: (_kind: number, payload: unknown) => lines.push(`${simulation.nowNs} ${String(payload)}`),
    };
    return { simulation, group, lines, log };
  }

  it('is done at once with what costs nothing', () => {
    const { group, lines, log } = oneCore();
    group.run(0, log, 0, 'free');
    expect(lines).toEqual(['0 free']);
  });

  it('tells what a thread still needed when it is stopped, and gives its share to the others', () => {
    const { simulation, group, lines, log } = oneCore();
    const ticket = group.start(100, log, 0, 'stopped');
    group.start(100, log, 0, 'other');
    simulation.run(50);
    expect(group.cancel(ticket)).toBe(75);
    simulation.run();
    expect(lines).toEqual(['125 other']);
  });

  it('takes a factor longer from the moment it is slowed down', () => {
    const { simulation, group, lines, log } = oneCore();
    group.start(100, log, 0, 'job');
    simulation.run(40);
    group.slowDown(5);
    simulation.run(340);
    group.slowDown(1);
    simulation.run();
    // 40 at full speed, then 340 - 40 = 300 ns for the last 60.
    expect(lines).toEqual(['340 job']);
    expect(group.cpuNs).toBe(340);
  });

  it('forgets its threads when its process dies', () => {
    const { simulation, group, lines, log } = oneCore();
    group.start(100, log, 0, 'dead');
    simulation.run(10);
    group.clear();
    expect(group.runnable).toBe(0);
    simulation.run();
    group.start(5, log, 0, 'new');
    simulation.run();
    expect(lines).toEqual(['15 new']);
    expect(group.cpuNs).toBe(15);
  });

  it('tells those who ask when a freeze ends, and since when it lasted', () => {
    const simulation = new Simulation();
    const quota = { quotaNs: 25, periodNs: 100, phaseNs: 0 };
    const group = new CpuGroup(simulation, new Host('host', 1), { name: 'group', quota });
    const seen: number[][] = [];
    group.whenThawed((sinceNs) => seen.push([simulation.nowNs, sinceNs]));
    group.start(60, { handle: () => {} }, 0, undefined);
    simulation.run(50);
    expect([group.isThrottled, group.frozenNs, group.idleNs]).toEqual([true, 25, 25]);
    simulation.run();
    expect(seen).toEqual([
      [100, 25],
      [200, 125],
    ]);
  });
});
