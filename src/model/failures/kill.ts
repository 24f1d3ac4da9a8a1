import { name, record } from '../../options/fields.js';
import { type FailurePlug, processesOf } from '../failure.js';

const options = record({
  kill: name().describe('an instance (`api-2`), a service (all its instances) or a balancer'),
});

/** The process ends at once. */
export const kill: FailurePlug<typeof options> = {
  name: 'kill',
  summary:
    'the process ends at once, as by `kill -9`: requests on it are reset; its restart policy decides what follows (a balancer has none)',
  source: 'Docker restart policies (moby restartmanager)',
  options,
  example: '- { at: 20s, kill: api-2 }',
  lasts: false,
  target: 'process',
  create: (checked, context) => {
    const processes = processesOf(context, checked.kill);
    return {
      begin: () => {
        for (const process of processes) process.kill();
      },
      end: () => {},
    };
  },
};
