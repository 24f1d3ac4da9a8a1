import { name, record } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = record({ start: name().describe('an instance (`api-2`) or a service (all its instances)') });

/** Starts an instance that is down. */
export const start: FailurePlug<typeof options> = {
  name: 'start',
  summary: 'starts an instance that is down; it listens after its `start_time`',
  source: 'docker start',
  options,
  example: '- { at: 40s, start: api-2 }',
  lasts: false,
  target: 'instance',
  create: (checked, context) => {
    const instances = context.instances(checked.start);
    return {
      begin: () => {
        for (const instance of instances) instance.start();
      },
      end: () => {},
    };
  },
};
