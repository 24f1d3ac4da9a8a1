import { name, record } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = record({ kill: name().describe('an instance (`api-2`) or a service (all its instances)') });

/** The process ends at once. */
export const kill: FailurePlug<typeof options> = {
  name: 'kill',
  summary:
    'the process ends at once, as by `kill -9`: requests on it are reset; its restart policy decides what follows',
  source: 'Docker restart policies (moby restartmanager)',
  options,
  example: '- { at: 20s, kill: api-2 }',
  lasts: false,
  target: 'instance',
  create: (checked, context) => {
    const instances = context.instances(checked.kill);
    return {
      begin: () => {
        for (const instance of instances) instance.kill();
      },
      end: () => {},
    };
  },
};
