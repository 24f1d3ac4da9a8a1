import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { type Checked, choice, count, duration, name, record } from '../../options/fields.js';
import { Drain } from '../drain.js';
import type { Failure, FailureContext, FailurePlug, Rotation } from '../failure.js';
import type { Instance } from '../instance.js';

const options = record({
  'rolling-update': name().describe('a service behind the balancer'),
  batch: count({ min: 1, max: 1000 }).default(1).describe('instances that are replaced at the same time'),
  take_out: choice(['drained', 'never'])
    .default('drained')
    .describe(
      'drained: out of the balancer before it is stopped, and back when it listens; never: the naive way, stopped and started under the balancer’s eyes',
    ),
  drain: duration()
    .prefault('30s')
    .describe('how long requests under way may take before an instance that is out is stopped'),
  delay: duration()
    .prefault('0s')
    .describe('from the moment the instances of a batch listen to the next batch'),
});

type Options = Checked<typeof options>;

/** A new version of a service, instance by instance, while the load goes on. */
export const rollingUpdate: FailurePlug<typeof options> = {
  name: 'rolling-update',
  summary:
    'replaces the instances of a service one by one: out of the balancer, drained, stopped, started, back in',
  source:
    'Docker Swarm update_config (parallelism, delay, order stop-first); nginx -s reload around each step',
  options,
  example: '- { at: 30s, rolling-update: api, batch: 1, drain: 30s }',
  lasts: false,
  target: 'balanced-service',
  create: (checked, context) => new RollingUpdate(checked, context),
};

class RollingUpdate implements Failure, Handler {
  private readonly instances: readonly Instance[];
  private waiting: Instance[] = [];
  private readonly rotation: Rotation | undefined;
  private readonly simulation: Simulation;
  /** Instances of the present batch that do not listen yet. */
  private pendingCount = 0;

  constructor(
    private readonly options: Options,
    { instances, rotation, simulation }: FailureContext,
  ) {
    this.instances = instances(options['rolling-update']);
    this.rotation = rotation;
    this.simulation = simulation;
  }

  /** Instances that have been removed, or are not there yet, are left alone. */
  begin(): void {
    this.waiting = this.instances.filter((instance) => this.rotation?.has(instance) ?? true);
    this.handle();
  }

  end(): void {}

  /** The next batch. */
  handle(): void {
    const batch = this.waiting.splice(0, this.options.batch);
    this.pendingCount = batch.length;
    if (this.options.take_out === 'never') {
      for (const instance of batch) this.replace(instance);
      return;
    }
    for (const instance of batch) this.rotation?.takeOut(instance);
    for (const instance of batch) {
      const drain = new Drain(this.simulation, this.rotation, instance, () => this.replace(instance));
      drain.begin(this.options.drain);
    }
  }

  private replace(instance: Instance): void {
    instance.stop();
    instance.start();
    instance.onceListening(() => this.listens(instance));
  }

  private listens(instance: Instance): void {
    if (this.options.take_out === 'drained') this.rotation?.bringBack(instance);
    this.pendingCount -= 1;
    if (this.pendingCount > 0 || this.waiting.length === 0) return;
    if (this.options.delay === 0) this.handle();
    else this.simulation.after(this.options.delay, this, 0);
  }
}
