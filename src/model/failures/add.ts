import { choice, count, name, record } from '../../options/fields.js';
import type { FailurePlug } from '../failure.js';

const options = record({
  add: record({
    service: name().describe('a service behind the balancer'),
    replicas: count({ min: 1, max: 1000 }).default(1).describe('how many instances; they are numbered on'),
  }).describe('what is added'),
  join: choice(['listening', 'at-once'])
    .default('listening')
    .describe('when the balancer is told: once the instance listens, or when its process starts'),
});

/** More instances while the load goes on: `docker compose up --scale`, and a line more in the balancer's configuration. */
export const add: FailurePlug<typeof options> = {
  name: 'add',
  summary: 'starts more instances of a service, which join the balancer in the last place',
  source: 'docker compose up --scale',
  options,
  example: '- { at: 60s, add: { service: api, replicas: 1 } }',
  lasts: false,
  target: 'balanced-service',
  targetPath: ['add', 'service'],
  creates: ({ add: { service, replicas } }) => ({ service, count: replicas }),
  create: (checked, { createInstances, rotation }) => {
    const instances = createInstances(checked.add.service, checked.add.replicas);
    return {
      begin: () => {
        for (const instance of instances) {
          instance.appear();
          if (checked.join === 'at-once') rotation?.join(instance);
          else instance.onceListening(() => rotation?.join(instance));
        }
      },
      end: () => {},
    };
  },
};
