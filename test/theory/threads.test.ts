import { describe, it } from 'vitest';
import { expectValue } from './estimate.js';
import { erlangC, finiteQueue, meanTimeMD1, meanTimeMG1, meanTimeMMc } from './formulas.js';
import { deterministic, exponential, lognormalCv3, threadQueue } from './open-queue.js';

/** As in `shared.test.ts`; an instance costs more per customer than a bare processor, so that there are fewer. */
const RUNS = [
  { load: 0.5, warmUpCount: 500, count: 4_000, precision: 0.06 },
  { load: 0.7, warmUpCount: 1_000, count: 6_000, precision: 0.1 },
  { load: 0.9, warmUpCount: 3_000, count: 10_000, precision: 0.3 },
  { load: 0.95, warmUpCount: 11_000, count: 14_000, precision: 0.5 },
];

describe.each(RUNS)('an instance whose threads have a core each, at load $load', ({ precision, ...run }) => {
  it('with one thread is M/M/1', () => {
    const seen = threadQueue({ ...run, servers: 1 }, exponential);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMMc(1, run.load),
      precision,
    );
    expectValue(
      seen.map(({ meanNumber }) => meanNumber),
      run.load * meanTimeMMc(1, run.load),
      precision,
    );
    expectValue(
      seen.map(({ busy }) => busy),
      run.load,
      precision,
    );
  });

  it('with one thread and equal demands is M/D/1', () => {
    const seen = threadQueue({ ...run, servers: 1 }, deterministic);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMD1(run.load),
      precision,
    );
  });

  it('with 4 threads is M/M/4: mean time and probability of waiting (Erlang C)', () => {
    const seen = threadQueue({ ...run, servers: 4 }, exponential);
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
  });

  it('with 4 threads and a backlog of 4 is M/M/4/8: losses and mean time', () => {
    const seen = threadQueue({ ...run, servers: 4, places: 8 }, exponential);
    const { loss, meanTime } = finiteQueue(4, 8, 4 * run.load);
    // A rare loss at low load: 0.1 % of 80,000 customers is known to about 10 %, and the interval is 5 times that.
    expectValue(
      seen.map((observation) => observation.loss),
      loss,
      0.6,
    );
    expectValue(
      seen.map((observation) => observation.meanTime),
      meanTime,
      precision,
    );
  });
});

describe('what sharing forgives, taking turns does not', () => {
  it('M/G/1 with cv 3 at load 0.5 takes 6 times its demand (Pollaczek and Khinchine)', () => {
    const run = { servers: 1, load: 0.5, warmUpCount: 2_000, count: 20_000 };
    const seen = threadQueue(run, lognormalCv3);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMG1(0.5, 3),
      0.3,
    );
  });
});
