import type { SelectorContext } from '../../balancer.js';
import type { PlainProductName } from './method.js';
import { plainMethod } from './methods.js';
import { type PlainOptions, plainServers } from './options.js';
import { PlainSelector } from './selector.js';
import { Fleet } from './server-state.js';

/**
 * The deciding part of a plain product alone, as its only dispatcher has it. Probes are answered at once.
 * @param product name of the product's plug.
 */
export function plainSelector(
  product: PlainProductName,
  options: Pick<PlainOptions, 'algorithm' | 'upstream'>,
  { hosts, stream }: SelectorContext,
): PlainSelector {
  const plug = plainMethod(product, options.algorithm);
  return new PlainSelector({
    servers: plainServers(options, hosts, new Map()),
    fleet: new Fleet(stream),
    createMethod: (table) => plug.create(options.algorithm.options, { table, stream }),
    probe: (selector, host) => {
      const answer = plug.answer?.(host.server);
      if (answer !== undefined) selector.method.probed?.(host, answer.inFlight, answer.latencyNs, 0);
    },
  });
}
