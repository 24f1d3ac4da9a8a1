import { name, number, record } from '../../options/fields.js';
import { type FailurePlug, processesOf } from '../failure.js';

const options = record({
  slow: name().describe('an instance, a service, a balancer or a database'),
  factor: number({ above: 0, max: 1_000_000 })
    .default(2)
    .describe('how many times as long every demand takes'),
});

/** Everything a place does takes longer for a while. */
export const slow: FailurePlug<typeof options> = {
  name: 'slow',
  summary:
    'CPU demands of an instance or balancer, or queries of a database, take `factor` times as long for a while',
  source: 'own',
  options,
  example: '- { from: 10s, to: 20s, slow: postgres, factor: 5 }',
  lasts: true,
  target: 'place',
  create: (checked, context) => {
    const database = context.database(checked.slow);
    const processes = database === undefined ? processesOf(context, checked.slow) : [];
    const setFactor = (factor: number) => {
      if (database !== undefined) database.slowFactor = factor;
      for (const process of processes) process.slowDown(factor);
    };
    return { begin: () => setFactor(checked.factor), end: () => setFactor(1) };
  },
};
