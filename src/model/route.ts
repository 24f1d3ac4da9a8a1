import type { Job } from './job.js';

/** One step of a handler. Ends, now or later, in `job.instance.advance(job)` or `job.instance.fail(job, status)`. */
export interface Step {
  start(job: Job): void;
}

/** What a service does for one request line: a flat program, without nesting: a cache hit jumps over its `miss` steps. */
export interface Route {
  /** `GET /api/produits/{id}`, as the model has it. */
  readonly name: string;
  /** True for a coroutine: its `cpu` steps run on the event loop itself. */
  readonly runsOnLoop: boolean;
  readonly steps: readonly Step[];
}

/** The route of a request line that no route fits: answers 404. */
export const NO_ROUTE_NAME = 'none';
