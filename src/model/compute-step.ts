import type { Handler } from '../kernel/queue.js';
import type { Demand } from './demand.js';
import type { Job } from './job.js';
import type { Step } from './route.js';

/** Computes on the request's thread, or on the event loop in an async handler; then the handler goes on. */
export class ComputeStep implements Step, Handler {
  /** @param workNs the work to be done, ns, of what was drawn. */
  constructor(
    private readonly demand: Demand,
    private readonly workNs: (drawnNs: number, job: Job) => number = (drawnNs) => drawnNs,
  ) {}

  start(job: Job): void {
    job.cpu.run(this.workNs(this.demand.draw(job.exchange), job), this, 0, job);
  }

  handle(_kind: number, payload: unknown): void {
    const job = payload as Job;
    job.instance.advance(job);
  }
}
