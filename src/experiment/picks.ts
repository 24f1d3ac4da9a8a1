import type { PicksPlan } from '../input/picks-plan.js';
import { NEVER, NS_PER_MS } from '../kernel/time.js';
import type { PickedHost, PicksResult } from '../metrics/picks.js';
import { PicksClient, type SentRequest } from './picks-client.js';
import { PicksWorld } from './picks-world.js';

/** How long a request that stays open is waited for until it has a host; one that is in a queue gets none. */
const PLACED_NS_MAX = 100 * NS_PER_MS;

/**
 * Sends the requests of `plan` through the balancer of its product, and lists the hosts that took them. Links take no time, and
 * hosts answer after 1 ms. Each request comes over a connection of its own, as from a shell: with several workers, which one
 * has it is drawn from the seed.
 */
export function runPicks(plan: PicksPlan): PicksResult {
  const world = new PicksWorld({ ...plan, latencyNs: 0, clockPhaseNs: 0 });
  const client = new PicksClient(world);
  world.balancer.start();
  if (plan.mode === 'held') for (const host of world.hosts) host.delayNs = NEVER;
  const picks = plan.subjects.map((subject) => {
    const request = client.send(subject);
    if (plan.mode === 'held')
      client.runUntil(() => request.isOver || request.tries.length > 0, PLACED_NS_MAX);
    else client.runUntil(() => request.isOver);
    return hostOf(request);
  });
  return {
    product: plan.product.name,
    algorithm: plan.algorithm.word,
    seed: plan.seed,
    mode: plan.mode,
    hosts: pickedHosts(plan, picks),
    picks,
    keys: plan.keys,
  };
}

/** The last host that had it, unless the balancer made the answer. */
function hostOf(request: SentRequest): string | null {
  return request.tries.at(-1) ?? null;
}

function pickedHosts(plan: PicksPlan, picks: readonly (string | null)[]): PickedHost[] {
  const counts = new Map<string | null, number>();
  for (const pick of picks) counts.set(pick, (counts.get(pick) ?? 0) + 1);
  const totalWeight = plan.weights.reduce((sum, weight) => sum + weight, 0);
  return plan.hosts.map(({ name, address }, index) => {
    const weight = plan.weights[index]!;
    const count = counts.get(name) ?? 0;
    const fair = totalWeight === 0 ? 0 : weight / totalWeight;
    return { name, address, weight, picks: count, share: count / picks.length, fair };
  });
}
