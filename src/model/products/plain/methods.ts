import { type AlgorithmChoice, chosenAlgorithm } from '../../algorithm-field.js';
import { balancers } from '../../balancers/index.js';
import type { PlainMethodPlug, PlainProductName } from './method.js';

/** The algorithms of one plain product, from the catalogue of all. */
export function plainMethods(product: PlainProductName): readonly PlainMethodPlug[] {
  const plain: readonly PlainMethodPlug[] = balancers.filter((plug) => 'usesWeights' in plug);
  return plain.filter((plug) => plug.product === product);
}

/** The plug of a checked algorithm. */
export function plainMethod(product: PlainProductName, algorithm: AlgorithmChoice): PlainMethodPlug {
  return chosenAlgorithm(plainMethods(product), algorithm);
}
