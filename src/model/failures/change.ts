import { name, openRecord } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = openRecord({
  change: name().describe(
    'an instance (`api-2`) or a service (all its instances) behind the balancer; the other keys are its server parameters',
  ),
});

/** The balancer's configuration changes while the load goes on. */
export const change: FailurePlug<typeof options> = {
  name: 'change',
  summary:
    'gives a host of the balancer other server parameters, in the product’s words: weight, max_conns, down, ...',
  source: 'nginx -s reload, HAProxy’s runtime API, Kong’s admin API',
  options,
  example: '- { at: 30s, change: api-2, weight: 3 }',
  lasts: false,
  target: 'balanced',
  takesServerParameters: true,
  create: ({ change: target, ...parameters }, { instances, rotation }) => {
    const changed = instances(target);
    return {
      begin: () => {
        for (const instance of changed) rotation?.change(instance, parameters);
      },
      end: () => {},
    };
  },
};
