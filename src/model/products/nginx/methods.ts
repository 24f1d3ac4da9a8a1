import type { AlgorithmChoice } from '../../algorithm-field.js';
import { chosenAlgorithm } from '../../algorithm-field.js';
import { balancers } from '../../balancers/index.js';
import type { NginxMethodPlug } from './method.js';

/** The methods of nginx, from the catalogue of all algorithms. */
export const nginxMethods: readonly NginxMethodPlug[] = balancers.filter((plug) => plug.product === 'nginx');

/** The plug of a checked algorithm. */
export function nginxMethod(algorithm: AlgorithmChoice): NginxMethodPlug {
  return chosenAlgorithm(nginxMethods, algorithm);
}
