import { count, name, probability, record } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = record({
  error: name().describe('an instance or a service'),
  rate: probability().default(1).describe('share of the requests that fail'),
  status: count({ min: 400, max: 599 }).default(500),
});

/** Requests are answered with an error for a while. */
export const error: FailurePlug<typeof options> = {
  name: 'error',
  summary: 'a share of the requests is answered with an error status at once',
  source: 'own',
  options,
  example: '- { from: 30s, to: 40s, error: api-1, rate: 20%, status: 503 }',
  lasts: true,
  target: 'instance',
  create: (checked, context) => {
    const instances = context.instances(checked.error);
    const setRate = (rate: number) => {
      for (const instance of instances) {
        instance.errorRate = rate;
        instance.errorStatus = checked.status;
      }
    };
    return { begin: () => setRate(checked.rate), end: () => setRate(0) };
  },
};
