import { describe, expect, it } from 'vitest';
import { locust } from '../../src/model/workloads/locust.js';
import { checked } from '../model/load-fixture.js';
import recorded from './locust-spawning.json' with { type: 'json' };

/**
 * When locust 2.42.0 started and stopped users, seconds since its `test_start` and how many there were then: `locust --headless` with
 * `-u`, `-r` and `-t`, or with a LoadTestShape, and a user class whose `on_start` and `on_stop` write the time down.
 */
const RUNS = recorded as unknown as readonly {
  readonly options: Record<string, unknown>;
  readonly seen: readonly (readonly [seconds: number, users: number])[];
}[];

/** Locust's own work between two batches delays the later ones: 40 ms were the most in 7 s on a busy machine. */
const LATE_SECONDS = 0.08;

describe.each(RUNS)('locust with $options', ({ options, seen }) => {
  const plan = locust.plan(checked(locust.options, options));
  const steps = plan.kind === 'vus' ? plan.steps : [];
  const ours = steps.map(({ atNs, vus }) => [atNs / 1e9, vus] as const);

  it('starts and stops as many users at once', () => {
    expect(ours.map(([, users]) => users)).toEqual(seen.map(([, users]) => users));
  });

  it('does so at the same times', () => {
    const hasShape = 'stages' in options;
    for (const [index, [seconds]] of ours.entries()) {
      // The clock of `-t` starts before `test_start`, while locust makes its runner: the end is earlier by that, 0.8 s at most here.
      const early = index === ours.length - 1 && !hasShape ? 0.85 : 0;
      const difference = seen[index]![0] - seconds;
      expect(difference).toBeLessThan(LATE_SECONDS);
      expect(difference).toBeGreaterThan(-0.01 - early);
    }
  });
});
