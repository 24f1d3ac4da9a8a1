import { type Checked, duration, number, record } from '../options/fields.js';
import { durationDistribution } from '../random/fields.js';
import type { CpuGroup } from './cpu-group.js';
import type { Demand } from './demand.js';
import type { Job } from './job.js';
import type { ServerContext } from './server.js';

/** CPU that a framework itself spends on a request, before and after the handler. */
export const overheadField = record({
  request: durationDistribution()
    .default({ kind: 'constant', options: { value: 0 } })
    .describe('before the handler: parsing, routing, middleware'),
  response: durationDistribution()
    .default({ kind: 'constant', options: { value: 0 } })
    .describe('after the handler: serialising, middleware, writing'),
  cold: record({
    extra: number({ min: 0, max: 100 })
      .default(0)
      .describe(
        'after a long idle time the framework’s CPU takes (1 + extra) times as long: caches are cold',
      ),
    half: duration({ minNs: 1 }).prefault('45ms').describe('idle time after which half of the extra is due'),
  })
    .prefault({})
    .describe('what it costs to start again after idling, or after being frozen'),
})
  .prefault({})
  .describe('CPU that the framework itself spends on every request; measure it: it is not zero');

/** The framework's share of every request of one server. */
export class Overhead {
  private readonly group: CpuGroup;
  private readonly request: Demand;
  private readonly response: Demand;

  constructor(
    private readonly options: Checked<typeof overheadField>,
    context: ServerContext,
  ) {
    this.group = context.group;
    this.request = context.demand(options.request, 'overhead/request');
    this.response = context.demand(options.response, 'overhead/response');
  }

  /** CPU before `job`'s handler, ns. Sets for the whole of the job how slow the process is: cold, and on a host of the speed of the moment. */
  before(job: Job): number {
    const { extra, half } = this.options.cold;
    const { idleNs, slowness } = this.group;
    const cold = 1 + (extra * idleNs) / (idleNs + half);
    job.slowness = slowness * cold;
    return Math.round(this.request.draw(job.exchange) * job.slowness);
  }

  /** CPU after `job`'s handler, ns. */
  after(job: Job): number {
    return Math.round((this.response.draw(job.exchange) + job.serialiseNs) * job.slowness);
  }
}
