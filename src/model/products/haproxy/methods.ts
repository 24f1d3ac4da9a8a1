import { type AlgorithmChoice, chosenAlgorithm } from '../../algorithm-field.js';
import { balancers } from '../../balancers/index.js';
import type { HaproxyMethodPlug } from './method.js';

/** The algorithms of HAProxy, from the catalogue of all algorithms. */
export const haproxyMethods: readonly HaproxyMethodPlug[] = balancers.filter(
  (plug) => plug.product === 'haproxy',
);

/** The plug of a checked algorithm. */
export function haproxyMethod(algorithm: AlgorithmChoice): HaproxyMethodPlug {
  return chosenAlgorithm(haproxyMethods, algorithm);
}
