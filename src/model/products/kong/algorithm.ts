import type { AnyField } from '../../../options/fields.js';
import type { AlgorithmPlug } from '../../balancer.js';
import type { KongAlgorithm, KongTargets } from './targets.js';

/** A load balancing algorithm of Kong as a plug. */
export interface KongAlgorithmPlug<Options extends AnyField = AnyField>
  extends AlgorithmPlug<Options, KongTargets, KongAlgorithm> {
  readonly product: 'kong';
}
