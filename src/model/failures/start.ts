import { name, record } from '../../options/fields.js';
import { type FailurePlug, processesOf } from '../failure.js';

const options = record({
  start: name().describe('an instance (`api-2`), a service (all its instances) or a balancer'),
});

/** Starts an instance that is down. */
export const start: FailurePlug<typeof options> = {
  name: 'start',
  summary: 'starts an instance that is down, which listens after its `start_time`; or a balancer, at once',
  source: 'docker start',
  options,
  example: '- { at: 40s, start: api-2 }',
  lasts: false,
  target: 'process',
  create: (checked, context) => {
    const processes = processesOf(context, checked.start);
    return {
      begin: () => {
        for (const process of processes) process.start();
      },
      end: () => {},
    };
  },
};
