import { meanOf, type Observation, varianceOf } from './observation.js';
import type { Simulated } from './simulated.js';

/**
 * Observations with chance in their sigmas: what replications of the model differ by is what takes of the real run differ by as
 * well, users that fall into step or a queue at its knee; two takes alone do not tell it.
 *
 * @param replications of one run, at least two.
 * @param count how many replications are fitted: their mean has chance of its own.
 */
export function withChance(
  observations: readonly Observation[],
  replications: readonly Simulated[],
  { takes, count }: { readonly takes: number; readonly count: number },
): Observation[] {
  const variances = observations.map(({ metric }, index) => {
    const values = replications.map((simulated) => simulated.values[index]!);
    // CPU per request comes plain; its relative variance is that of its logarithm.
    const scale = metric === 'cpu' ? meanOf(values) ** 2 : 1;
    const variance = varianceOf(values) / scale;
    return Number.isFinite(variance) ? variance : 0;
  });
  return observations.map((observation, index) => {
    const alike = observations.flatMap((other, at) =>
      other.metric === observation.metric && other.role === observation.role ? [variances[at]!] : [],
    );
    // Few replications tell a variance badly: half of it is that of its neighbours.
    const variance = (variances[index]! + meanOf(alike)) / 2;
    return {
      ...observation,
      sigma: Math.sqrt(observation.sigma ** 2 + variance * (1 / takes + 1 / count)),
    };
  });
}
