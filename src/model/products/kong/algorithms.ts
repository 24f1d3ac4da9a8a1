import { balancers } from '../../balancers/index.js';
import type { KongAlgorithmPlug } from './algorithm.js';

/** The algorithms of Kong, from the catalogue of all algorithms. */
export const kongAlgorithms: readonly KongAlgorithmPlug[] = balancers.filter(
  (plug) => plug.product === 'kong',
);
