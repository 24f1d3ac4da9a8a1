import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../../kernel/timeouts.js';
import { count, duration, name, record, text } from '../../options/fields.js';
import { purposeOf } from '../../random/stream.js';
import { type Caller, type Endpoint, Exchange, Failure } from '../exchange.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { CallTarget, StepPlug } from '../step.js';

const TIMED_OUT = 0;

const options = record({
  call: name().describe('the service to call'),
  method: text().default('GET'),
  path: text().default('/').describe('request line of the call'),
  timeout: duration({ minNs: 1 })
    .default(5_000_000_000)
    .describe('how long to wait for the answer (httpx: 5 s)'),
  on_error: count({ min: 400, max: 599 })
    .default(500)
    .describe(
      'status when the call fails, times out or answers with 400 or above (an uncaught exception is a 500)',
    ),
});

/** Calls another service and waits for the answer, on a new connection each time. */
export const call: StepPlug<typeof options> = {
  name: 'call',
  summary: 'calls another service synchronously, on a new connection, with its own timeout',
  source: 'httpx: a client per request, raise_for_status',
  options,
  example: '- { call: inventory, path: /api/produits, timeout: 5s, on_error: 502 }',
  compile: (checked, context) => {
    const endpoint = context.endpoint(checked.method, checked.path);
    const purpose = purposeOf(
      `call/${checked.call}/${checked.method} ${checked.path}/${context.nextPosition}`,
    );
    const target = context.target(checked.call);
    context.emit(
      new CallStep(context.simulation, target, endpoint, purpose, checked.timeout, checked.on_error),
    );
  },
};

class CallStep implements Step, Caller, Handler {
  private readonly timeouts: TimeoutList;

  constructor(
    simulation: Simulation,
    private readonly target: CallTarget,
    private readonly endpoint: Endpoint,
    private readonly purpose: number,
    timeoutNs: number,
    private readonly errorStatus: number,
  ) {
    this.timeouts = new TimeoutList(simulation, timeoutNs, this, TIMED_OUT);
  }

  start(job: Job): void {
    const outer = job.exchange;
    // The inner request has a key of its own: two calls of one request must not draw the same demands.
    const exchange = new Exchange(
      this,
      this.target.nextLink(),
      this.endpoint,
      outer.keyHigh,
      outer.keyLow ^ this.purpose,
      outer,
      outer.clientAddress,
    );
    exchange.closesConnection = true;
    exchange.context = job;
    this.timeouts.add(exchange);
    exchange.link.request(exchange);
  }

  settle(exchange: Exchange): void {
    cancelTimeout(exchange);
    this.resume(exchange);
  }

  handle(_kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    exchange.giveUp(Failure.timeout);
    this.resume(exchange);
  }

  private resume(exchange: Exchange): void {
    const job = exchange.context as Job;
    if (job.dead) return;
    if (exchange.status >= 200 && exchange.status < 400) job.instance.advance(job);
    else job.instance.fail(job, this.errorStatus);
  }
}
