import { EnvoyHost } from '../../../../src/model/products/envoy/host.js';
import { PrioritySet, type SharingSettings } from '../../../../src/model/products/envoy/priority-set.js';

/** What one test says of a host. */
export interface HostGiven {
  readonly port?: number;
  readonly name?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly locality?: string;
  readonly healthy?: boolean;
}

/** A host at 127.0.0.1 as Envoy's unit tests have them. */
export function createHost(given: HostGiven = {}): EnvoyHost {
  const { port = 80, weight = 1, priority = 0, locality = '', healthy = true } = given;
  return new EnvoyHost(
    { name: given.name ?? `host-${port}`, service: 'api', address: `127.0.0.1:${port}` },
    { weight, priority, locality, healthy },
  );
}

/** Envoy's defaults, but for what is given. */
export function createPrioritySet(
  hosts: readonly EnvoyHost[],
  settings: Partial<SharingSettings> = {},
): PrioritySet {
  const set = new PrioritySet({
    panicThreshold: 50,
    overprovisioningFactor: 140,
    weightedPriorityHealth: false,
    failTrafficOnPanic: false,
    localityWeights: undefined,
    ...settings,
  });
  set.setHosts(hosts, 0);
  return set;
}
