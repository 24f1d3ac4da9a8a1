import { Catalogue } from '../options/plug.js';
import type { Distribution, DistributionPlug, DistributionSpec } from './distribution.js';
import { distributions as plugs } from './distributions/index.js';

/** Every distribution that a file may name. */
export const distributions = new Catalogue<DistributionPlug>('distribution', plugs);

/** The distribution of a checked specification (see `fields.ts`); parts of a mixture are created with it. */
export function createDistribution(spec: DistributionSpec): Distribution {
  return distributions.get(spec.kind).create(spec.options, { create: createDistribution });
}
