import { name, record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import { Lookup } from '../cache.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const options = record({
  cache: name().describe('the cache to look in'),
  cpu: durationDistribution()
    .default({ kind: 'constant', options: { value: 0 } })
    .describe('CPU of the look-up'),
});

/** Looks a key up; on a miss runs the steps that fetch it, and stores it. */
export const cache: StepPlug<typeof options> = {
  name: 'cache',
  summary: 'looks a key up in a cache; a miss runs the `miss` steps and stores the entry',
  source: 'time to live and least recently used; keys drawn from the cache’s `keys`',
  options,
  nested: ['miss'],
  example: '- { cache: produits, miss: [{ query: db, time: 0.4ms }] }',
  compile: (checked, context, nested) => {
    const { index, keys } = context.cache(checked.cache);
    const lookUp = new LookUpStep(index, keys);
    context.emit(lookUp);
    context.compile([{ kind: 'cpu', options: { cpu: checked.cpu } }]);
    context.emit(new BranchStep(lookUp));
    context.compile(nested.miss ?? []);
    context.emit(new StoreStep());
    lookUp.afterMissPosition = context.nextPosition;
  },
};

/** Looks up; afterwards `cpu`, then the branch. What was found is remembered in `job.missed`. */
class LookUpStep implements Step {
  afterMissPosition = 0;

  constructor(
    private readonly cacheIndex: number,
    private readonly keys: Demand,
  ) {}

  start(job: Job): void {
    const found = job.process.caches[this.cacheIndex]!.lookUp(this.keys.draw(job.exchange), job);
    job.missed = found === Lookup.miss;
    if (found === Lookup.wait) job.waiter = this;
    else job.instance.advance(job);
  }

  /** The request that was fetching the same key is done: look again. */
  granted(job: Job): void {
    job.waiter = undefined;
    if (!job.dead) this.start(job);
  }

  refused(): void {}
}

/** Goes on behind the `miss` steps unless this request has something to fetch. */
class BranchStep implements Step {
  constructor(private readonly lookUp: LookUpStep) {}

  start(job: Job): void {
    if (!job.missed) job.position = this.lookUp.afterMissPosition;
    job.instance.advance(job);
  }
}

class StoreStep implements Step {
  start(job: Job): void {
    job.filling!.cache.store(job);
    job.instance.advance(job);
  }
}
