import type { EnvoyHost } from './host.js';
import type { HostSet } from './priority-set.js';

/** A host with its part of all requests. */
export interface NormalizedHost {
  readonly host: EnvoyHost;
  /** Above 0; the sum of all is 1. */
  readonly weight: number;
}

/**
 * The hosts that consistent hashes are built of.
 * Source: Envoy, common/thread_aware_lb_impl.cc (`normalizeWeights`); products come before quotients, as there.
 * @param whose `all`: in panic.
 * @param isLocalityWeighted true: each locality has its weight's part of the whole, however many of its hosts are healthy.
 */
export function normalizeWeights(
  set: HostSet,
  options: { readonly whose: 'all' | 'healthy'; readonly isLocalityWeighted: boolean },
): NormalizedHost[] {
  const hostsOf = (group: Pick<HostSet, 'hosts' | 'healthyHosts'>) =>
    options.whose === 'all' ? group.hosts : group.healthyHosts;
  if (!options.isLocalityWeighted) return normalizeHosts(hostsOf(set), 1);
  const sum = set.localities.reduce((total, locality) => total + locality.weight, 0);
  return set.localities
    .filter((locality) => locality.weight > 0)
    .flatMap((locality) => normalizeHosts(hostsOf(locality), locality.weight / sum));
}

function normalizeHosts(hosts: readonly EnvoyHost[], part: number): NormalizedHost[] {
  const sum = hosts.reduce((total, host) => total + host.weight, 0);
  return hosts.map((host) => ({ host, weight: (host.weight * part) / sum }));
}
