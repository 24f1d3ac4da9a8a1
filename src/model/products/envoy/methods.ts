import { balancers } from '../../balancers/index.js';
import type { EnvoyMethodPlug } from './method.js';

/** The load balancing policies of Envoy, from the catalogue of all algorithms. */
export const envoyMethods: readonly EnvoyMethodPlug[] = balancers.filter((plug) => plug.product === 'envoy');
