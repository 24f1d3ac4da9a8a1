import { count, duration, number, probability, record } from '../../options/fields.js';
import { pow } from '../../random/math.js';
import type { PlainMethodPlug } from '../products/plain/method.js';
import { HotColdLexicographic } from '../products/prequal/hot-cold.js';
import { LatencyByLoad } from '../products/prequal/latency-by-load.js';

/** 2^-0.25, the paper's default. */
const Q_RIF = pow(2, -0.25);

const options = record({
  r_probe: number({ min: 0, max: 1000 }).default(3).describe('probes sent for each request'),
  r_remove: number({ min: 0, max: 1000 })
    .default(1)
    .describe('probes removed for each request, by turns the oldest and the worst'),
  q_rif: probability()
    .prefault(Q_RIF)
    .describe(
      'part of the numbers in flight (RIF) that count as cold: 0 looks at RIF only, 1 at latency only',
    ),
  pool: count({ min: 1, max: 1000 }).default(16).describe('probes that are kept'),
  probe_age: duration({ minNs: 1 }).prefault('1s').describe('older ones are not used'),
  delta: number({ min: 0, max: 1000 })
    .default(1)
    .describe('how much faster probes come in than they are used up: bounds how often one is used'),
  rif_window: count({ min: 1, max: 100_000 })
    .default(128)
    .describe('answers that the quantile of RIF is taken of; the paper does not tell its own'),
});

/**
 * Prequal's hot-cold lexicographic rule. O(pool) a pick, whatever the number of servers.
 *
 * Limits: read through secondary texts. The paper leaves open, and this is our choice: a newer probe of a server takes the
 * place of an older one (what the factor 1 - m/n in its reuse limit says); removal follows the pick; fractions of r_probe
 * and r_remove are carried over; of equal latencies the one with
 * fewer in flight is used, then the newest; 16 latencies are remembered for each RIF, without
 * an age. No probes are sent while no requests come.
 */
export const prequalHcl: PlainMethodPlug<typeof options> = {
  name: 'prequal-hcl',
  product: 'prequal',
  word: 'hcl',
  summary: 'of recently probed servers the fastest that is not hot, else the one with the fewest in flight',
  source:
    'Wydrowski, Kleinberg, Rumble and Archer, NSDI 2024, "Load is not what you should balance: Introducing Prequal"',
  options,
  example: 'algorithm: { hcl: { r_probe: 3, q_rif: 0.84 } }',
  usesWeights: false,
  answer: ({ inFlight, latencies }) => ({
    inFlight,
    latencyNs: latencies instanceof LatencyByLoad ? latencies.estimate(inFlight) : 0,
  }),
  create: ({ probe_age: ageNsMax, rif_window: rifWindow, ...rest }, { table, stream }) =>
    new HotColdLexicographic({ ...rest, ageNsMax, rifWindow }, table, stream),
};
