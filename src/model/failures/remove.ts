import { duration, name, record } from '../../options/fields.js';
import { Drain } from '../drain.js';
import type { FailurePlug } from '../failure.js';

const options = record({
  remove: name().describe('an instance (`api-3`) or a service (all its instances) behind the balancer'),
  drain: duration()
    .prefault('30s')
    .describe(
      'how long requests under way may take before the process is stopped; 0s: it is stopped at once',
    ),
});

/** An instance less while the load goes on: a line less in the balancer's configuration, then `docker stop`. */
export const remove: FailurePlug<typeof options> = {
  name: 'remove',
  summary: 'takes an instance out of the balancer for good, lets it end what it is at, and stops it',
  source: 'docker compose up --scale; the balancer’s own words for it',
  options,
  example: '- { at: 90s, remove: api-3 }',
  lasts: false,
  target: 'balanced',
  create: (checked, { instances, rotation, simulation }) => {
    const leaving = instances(checked.remove);
    return {
      begin: () => {
        for (const instance of leaving) rotation?.leave(instance);
        for (const instance of leaving) {
          new Drain(simulation, rotation, instance, () => instance.stop()).begin(checked.drain);
        }
      },
      end: () => {},
    };
  },
};
