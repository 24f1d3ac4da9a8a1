import { describe, it } from 'vitest';
import { expectValue } from './estimate.js';
import { erlangC, meanTimeMMc } from './formulas.js';
import { exponential, lognormalCv3, sharedQueue, threadQueue } from './open-queue.js';

/** What the quick tests know at load 0.95 to within some 30 %, for 20 times as many customers: to within 8 %. */
const RUN = { load: 0.95, warmUpCount: 20_000, count: 400_000 };

describe('at load 0.95, with eight million customers', () => {
  it('M/M/1, shared and in turn', () => {
    for (const seen of [
      sharedQueue({ ...RUN, servers: 1 }, exponential),
      threadQueue({ ...RUN, servers: 1 }, exponential),
    ]) {
      expectValue(
        seen.map(({ meanTime }) => meanTime),
        meanTimeMMc(1, RUN.load),
        0.1,
      );
    }
  });

  it('M/G/1-PS with cv 3', () => {
    const seen = sharedQueue({ ...RUN, servers: 1 }, lognormalCv3);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMMc(1, RUN.load),
      0.25,
    );
  });

  it('M/M/8: mean time and probability of waiting', () => {
    const seen = threadQueue({ ...RUN, servers: 8 }, exponential);
    expectValue(
      seen.map(({ meanTime }) => meanTime),
      meanTimeMMc(8, RUN.load),
      0.1,
    );
    expectValue(
      seen.map(({ waited }) => waited),
      erlangC(8, 8 * RUN.load),
      0.05,
    );
  });
});
