import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../../kernel/timeouts.js';
import { type Checked, count, duration, name, record, text } from '../../options/fields.js';
import { purposeOf } from '../../random/stream.js';
import { type Caller, type Endpoint, Exchange, Failure } from '../exchange.js';
import type { Job } from '../job.js';
import type { Step } from '../route.js';
import type { CallTarget, StepPlug } from '../step.js';

const TIMED_OUT = 0;
const AGAIN = 1;

/** Odd, so that tries of one call have keys that differ in all bits (2^32 divided by the golden ratio). */
const TRY_FACTOR = 0x9e3779b1;

const options = record({
  call: name().describe('the service to call'),
  method: text().default('GET'),
  path: text().default('/').describe('request line of the call'),
  timeout: duration({ minNs: 1 })
    .default(5_000_000_000)
    .describe('how long to wait for the answer (httpx: 5 s)'),
  retries: count({ max: 100 })
    .default(0)
    .describe('how often a call that failed is made again (tenacity: stop_after_attempt less one)'),
  retry_wait: duration().default(0).describe('pause before each further try (tenacity: wait_fixed)'),
  on_error: count({ min: 400, max: 599 })
    .default(500)
    .describe(
      'status when the call fails, times out or answers with 400 or above (an uncaught exception is a 500)',
    ),
});

/**
 * Calls another service and waits for the answer, on a new connection each time. A call that fails (no answer in time, a broken
 * connection, a status of 400 or above) can be made again; each try draws its demands anew.
 */
export const call: StepPlug<typeof options> = {
  name: 'call',
  summary: 'calls another service synchronously, on a new connection, with its own timeout',
  source: 'httpx 0.28: a client per request, raise_for_status; tenacity 9.1: retry around it',
  options,
  example: '- { call: inventory, path: /api/produits, timeout: 5s, on_error: 502 }',
  compile: (checked, context) => {
    const endpoint = context.endpoint(checked.method, checked.path);
    const purpose = purposeOf(
      `call/${checked.call}/${checked.method} ${checked.path}/${context.nextPosition}`,
    );
    const target = context.target(checked.call);
    context.emit(new CallStep(context.simulation, { target, endpoint, purpose, rules: checked }));
  },
};

interface CallParts {
  readonly target: CallTarget;
  readonly endpoint: Endpoint;
  readonly purpose: number;
  readonly rules: Checked<typeof options>;
}

/** One call of a job, with its further tries. */
interface Tries {
  readonly job: Job;
  count: number;
}

class CallStep implements Step, Caller, Handler {
  private readonly timeouts: TimeoutList;

  constructor(
    private readonly simulation: Simulation,
    private readonly parts: CallParts,
  ) {
    this.timeouts = new TimeoutList(simulation, parts.rules.timeout, this, TIMED_OUT);
  }

  start(job: Job): void {
    this.send({ job, count: 0 });
  }

  settle(exchange: Exchange): void {
    cancelTimeout(exchange);
    this.resume(exchange);
  }

  handle(kind: number, payload: unknown): void {
    if (kind === AGAIN) {
      const tries = payload as Tries;
      if (!tries.job.dead) this.send(tries);
      return;
    }
    const exchange = payload as Exchange;
    exchange.giveUp(Failure.timeout);
    this.resume(exchange);
  }

  private send(tries: Tries): void {
    const { target, endpoint, purpose } = this.parts;
    const outer = tries.job.exchange;
    // The inner request has a key of its own: two calls of one request must not draw the same demands, nor two tries of a call.
    const keyLow = outer.keyLow ^ purpose ^ Math.imul(tries.count, TRY_FACTOR);
    const link = target.nextLink();
    const exchange = new Exchange(this, link, endpoint, outer.keyHigh, keyLow, outer, outer.clientAddress);
    exchange.closesConnection = true;
    exchange.context = tries;
    tries.count += 1;
    this.timeouts.add(exchange);
    exchange.link.request(exchange);
  }

  private resume(exchange: Exchange): void {
    const tries = exchange.context as Tries;
    const { job } = tries;
    if (job.dead) return;
    const { retries, retry_wait: waitNs, on_error: errorStatus } = this.parts.rules;
    if (exchange.status >= 200 && exchange.status < 400) job.instance.advance(job);
    else if (tries.count > retries) job.instance.fail(job, errorStatus);
    else if (waitNs > 0) this.simulation.after(waitNs, this, AGAIN, tries);
    else this.send(tries);
  }
}
