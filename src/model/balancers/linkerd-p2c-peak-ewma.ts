import { duration, record } from '../../options/fields.js';
import { TwoReady } from '../products/linkerd/choices.js';
import { TowerPeakEwma } from '../products/linkerd/peak-ewma.js';
import { PenaltyPeakEwma } from '../products/linkerd/penalty-peak-ewma.js';
import type { PlainMethodPlug } from '../products/plain/method.js';

const options = record({
  default_rtt: duration({ minNs: 1_000_000 })
    .prefault('30ms')
    .describe('latency assumed of a new server; at least 1 ms'),
  decay: duration({ minNs: 1_000_000 }).prefault('10s').describe('mean lifetime of a latency in the average'),
  penalty: duration()
    .optional()
    .describe('latency that an answer 429 or 5xx counts for (5s in the penalty policy); absent: its own'),
  max_retry_after: duration()
    .prefault('300s')
    .describe('longest Retry-After (429, 503) that counts in place of a shorter penalty'),
});

/**
 * Linkerd's balancer: tower's Peak EWMA under P2C, or the newer policy with a penalty for failed answers. O(1) a pick.
 *
 * Limits: a latency ends with the whole answer, where Linkerd ends it with the first data frame; a server that cannot be
 * connected to stays in the pool, where Linkerd takes it out until it can; gRPC statuses are not looked at.
 */
export const linkerdP2cPeakEwma: PlainMethodPlug<typeof options> = {
  name: 'linkerd-p2c-peak-ewma',
  product: 'linkerd',
  word: 'p2c_peak_ewma',
  summary:
    'of two servers the one with the lower product of peak-sensitive mean latency and requests in flight',
  source: 'tower 0.5.3, load/peak_ewma.rs; linkerd2-proxy August 2026, pool/p2c, load-biaser, ewma',
  options,
  example: 'algorithm: { p2c_peak_ewma: { default_rtt: 30ms, penalty: 5s } }',
  usesWeights: false,
  create: ({ default_rtt: defaultRttNs, decay: decayNs, penalty, max_retry_after }, { table, stream }) =>
    new TwoReady(table, stream, (nowNs) =>
      penalty === undefined
        ? new TowerPeakEwma({ defaultRttNs, decayNs, nowNs })
        : new PenaltyPeakEwma({
            defaultRttNs,
            decayNs,
            nowNs,
            penaltyNs: penalty,
            retryAfterNsMax: max_retry_after,
          }),
    ),
};
