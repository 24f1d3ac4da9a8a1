import { describe, it } from 'vitest';
import { expectValue } from './estimate.js';
import { erlangC, meanTimeMMc } from './formulas.js';
import {
  deterministic,
  exponential,
  lognormalCv3,
  type Observation,
  type OpenQueueOptions,
  sharedQueue,
} from './open-queue.js';

/**
 * Customers per replication, and what is left out at its beginning: a queue forgets its start with a time constant of
 * 1 / (1 - sqrt(load))² demands (1,500 at 0.95), and after seven of them less than a thousandth of it is left.
 */
const RUNS = [
  { load: 0.5, warmUpCount: 500, count: 5_000, precision: 0.05 },
  { load: 0.7, warmUpCount: 1_000, count: 8_000, precision: 0.07 },
  { load: 0.9, warmUpCount: 3_000, count: 12_000, precision: 0.25 },
  { load: 0.95, warmUpCount: 11_000, count: 20_000, precision: 0.4 },
];

/** With `spread`: the workload varies with the demands' second moment, and an interval's width with the root of (1 + cv²) / 2. */
const demands = [
  { name: 'exponential', demand: exponential, spread: 1 },
  { name: 'deterministic', demand: deterministic, spread: 1 },
  { name: 'log-normal with cv 3', demand: lognormalCv3, spread: Math.sqrt((1 + 3 ** 2) / 2) },
];

describe.each(RUNS)('a shared processor at load $load', ({ precision, ...run }) => {
  describe.each(demands)('M/G/1-PS, $name', ({ demand, spread }) => {
    it('takes 1 / (1 - load) on average, whatever the distribution', () => {
      const seen = sharedQueue({ ...run, servers: 1 }, demand);
      expectValue(
        seen.map(({ meanTime }) => meanTime),
        meanTimeMMc(1, run.load),
        precision * spread,
      );
      expectBalance(seen, { ...run, servers: 1 }, precision * spread);
    });
  });

  it('with 4 cores is M/M/4, for a lone job uses one core only', () => {
    const seen = sharedQueue({ ...run, servers: 4 }, exponential);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMMc(4, run.load),
      precision,
    );
    expectValue(
      seen.map(({ waited }) => waited),
      erlangC(4, 4 * run.load),
      2 * precision,
    );
    expectBalance(seen, { ...run, servers: 4 }, precision);
  });
});

/** Little's law, and as many cores in use as load is offered. */
function expectBalance(
  seen: readonly Observation[],
  { servers, load }: OpenQueueOptions,
  precision: number,
): void {
  // Replication by replication, what is in the system over the arrival rate differs from the mean time only by those who
  // came or left across the ends of the count.
  expectValue(
    seen.map(({ meanNumber, throughput, meanTime }) => meanNumber / throughput / meanTime),
    1,
    0.05,
  );
  expectValue(
    seen.map(({ busy }) => busy),
    servers * load,
    precision,
  );
}
