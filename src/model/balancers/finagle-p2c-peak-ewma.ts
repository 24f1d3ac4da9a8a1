import { duration, record } from '../../options/fields.js';
import { FinagleChoices } from '../products/finagle/choices.js';
import { FinaglePeakEwma } from '../products/finagle/peak-ewma.js';
import type { PlainMethodPlug } from '../products/plain/method.js';

const options = record({
  decay_time: duration({ minNs: 1 })
    .prefault('10s')
    .describe(
      'mean lifetime of a latency in the average; what is higher than the average replaces it at once',
    ),
});

/**
 * Finagle's Peak EWMA under P2C. O(1) a pick.
 *
 * Limits: the clock is the same for both loads of a pick, where Finagle reads it twice; a session is one request.
 */
export const finagleP2cPeakEwma: PlainMethodPlug<typeof options> = {
  name: 'finagle-p2c-peak-ewma',
  product: 'finagle',
  word: 'p2c_peak_ewma',
  summary:
    'of two servers the one with the lower product of peak-sensitive mean latency and requests in flight',
  source: 'Finagle 24.5, loadbalancer/PeakEwma.scala, util/Ema.scala, p2c/P2CPick.scala',
  options,
  example: 'algorithm: { p2c_peak_ewma: { decay_time: 10s } }',
  usesWeights: false,
  create: ({ decay_time: decayNs }, { table, stream }) =>
    new FinagleChoices(table, stream, (nowNs) => new FinaglePeakEwma(decayNs, nowNs)),
};
