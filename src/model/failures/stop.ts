import { name, record } from '../../options/fields.js';
import { type FailurePlug, processesOf } from '../failure.js';

const options = record({
  stop: name().describe('an instance (`api-2`), a service (all its instances) or a balancer'),
});

/** `docker kill`: ends, and stays down until it is started by hand. */
export const stop: FailurePlug<typeof options> = {
  name: 'stop',
  summary:
    'ends an instance or a balancer at once, and keeps it down until `start`, whatever its restart policy',
  source: 'docker kill: a container stopped by hand is not restarted',
  options,
  example: '- { at: 20s, stop: api-2 }',
  lasts: false,
  target: 'process',
  create: (checked, context) => {
    const processes = processesOf(context, checked.stop);
    return {
      begin: () => {
        for (const process of processes) process.stop();
      },
      end: () => {},
    };
  },
};
