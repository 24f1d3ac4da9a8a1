import { name, record } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = record({ stop: name().describe('an instance (`api-2`) or a service (all its instances)') });

/** `docker kill`: ends, and stays down until it is started by hand. */
export const stop: FailurePlug<typeof options> = {
  name: 'stop',
  summary: 'ends the instance at once, and keeps it down until `start`, whatever its restart policy',
  source: 'docker kill: a container stopped by hand is not restarted',
  options,
  example: '- { at: 20s, stop: api-2 }',
  lasts: false,
  target: 'instance',
  create: (checked, context) => {
    const instances = context.instances(checked.stop);
    return {
      begin: () => {
        for (const instance of instances) instance.stop();
      },
      end: () => {},
    };
  },
};
