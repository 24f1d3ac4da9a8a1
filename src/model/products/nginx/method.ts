import type { AnyField } from '../../../options/fields.js';
import type { AlgorithmPlug } from '../../balancer.js';
import type { NginxMethod, NginxPeers } from './peers.js';

/** A load balancing method as a plug. */
export interface NginxMethodPlug<Options extends AnyField = AnyField>
  extends AlgorithmPlug<Options, NginxPeers, NginxMethod> {
  readonly product: 'nginx';
  /** False where nginx refuses `backup` servers with this method. */
  readonly allowsBackup: boolean;
}
