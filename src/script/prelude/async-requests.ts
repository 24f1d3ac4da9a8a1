import { type AnyFunction, drive, Stamp, type Twin, WAIT } from './core.js';
import { goError } from './errors.js';
import { host } from './host.js';
import { planOf } from './plans.js';
import { type Capability, newCapability } from './promise.js';
import { describeRequest, hostOf, type RequestDescription } from './request.js';
import { Response } from './response.js';
import { newEvent } from './timers.js';
import { type Arrival, currentVu, type Steps, type Vu } from './vu.js';
import { beginWait, Command } from './waiting.js';

/** k6's `http.asyncRequest`: the virtual user goes on, and its event loop brings the response. */
export function asyncRequest(method: unknown, url: unknown, body: unknown, params: unknown): unknown {
  const vu = currentVu();
  if (vu.initialising) throw goError('Making http requests in the init context is not supported');
  const capability = newCapability();
  let description: RequestDescription;
  try {
    description = describeRequest(String(method), url, body, params);
  } catch (error) {
    capability.reject(error);
    return capability.promise;
  }
  const plan = planOf(description);
  if (plan < 0) {
    capability.resolve(Response.invalid(description));
    return capability.promise;
  }
  const event = newEvent();
  vu.events.set(event, { run: (arrival) => settle(vu, event, description, capability, arrival) });
  host.send(event, plan);
  return capability.promise;
}

// biome-ignore lint/correctness/useYield: events are generators, and this one never waits.
function* settle(
  vu: Vu,
  event: number,
  description: RequestDescription,
  capability: Capability,
  arrival: Arrival,
): Steps {
  vu.events.delete(event);
  try {
    capability.resolve(new Response(description, arrival.answer!).checked());
  } catch (error) {
    capability.reject(error);
  }
  return undefined;
}

/** One request of a batch. */
interface Part {
  readonly key: string;
  readonly description: RequestDescription;
  readonly plan: number;
}

function partOf(key: string, given: unknown): Part {
  let description: RequestDescription;
  if (typeof given === 'string') description = describeRequest('GET', given, undefined, undefined);
  else if (Array.isArray(given)) {
    const [method, url, body, params] = given as unknown[];
    description = describeRequest(String(method), url, body, params);
  } else if (typeof given === 'object' && given !== null) {
    const { method = 'GET', url, body, params } = given as Record<string, unknown>;
    const upper = String(method).toUpperCase();
    const without = upper === 'GET' || upper === 'HEAD';
    description = describeRequest(upper, url, without ? undefined : body, params);
  } else throw goError(`invalid type for batch request '${key}'`);
  return { key, description, plan: planOf(description) };
}

/**
 * Sends all parts as k6's workers do (lib/netext/httpext/batch.go): `batch` workers take parts in order, and a worker whose
 * host has `batchPerHost` requests under way waits for that host, taking nothing else.
 */
class Batch {
  readonly responses = new Map<string, Response>();
  private next = 0;
  private readonly underWay = new Map<number, Part>();
  private readonly busy = new Map<string, number>();
  private readonly waiting = new Map<string, Part[]>();

  constructor(
    private readonly vu: Vu,
    private readonly parts: readonly Part[],
    private readonly perHostMax: number,
  ) {}

  get finished(): boolean {
    return this.responses.size === this.parts.length;
  }

  /** A worker takes the next part. */
  take(): void {
    const part = this.parts[this.next];
    if (part === undefined) return;
    this.next += 1;
    if (part.plan < 0) {
      this.responses.set(part.key, Response.invalid(part.description));
      this.take();
      return;
    }
    const name = hostOf(part.description.url);
    const busy = this.busy.get(name) ?? 0;
    if (this.perHostMax > 0 && busy >= this.perHostMax) {
      const list = this.waiting.get(name);
      if (list === undefined) this.waiting.set(name, [part]);
      else list.push(part);
      return;
    }
    this.busy.set(name, busy + 1);
    this.send(part);
  }

  /** Keeps the answers that are the batch's; others stay for the event loop. */
  collect(): void {
    const { arrived } = this.vu;
    for (let index = 0; index < arrived.length; ) {
      const arrival = arrived[index]!;
      const part = this.underWay.get(arrival.event);
      if (part === undefined) index += 1;
      else {
        arrived.splice(index, 1);
        this.underWay.delete(arrival.event);
        this.vu.events.delete(arrival.event);
        this.end(part, arrival);
      }
    }
  }

  private end(part: Part, arrival: Arrival): void {
    this.responses.set(part.key, new Response(part.description, arrival.answer!).checked());
    const name = hostOf(part.description.url);
    const waiting = this.waiting.get(name)?.shift();
    if (waiting !== undefined) this.send(waiting);
    else this.busy.set(name, this.busy.get(name)! - 1);
    this.take();
  }

  private send(part: Part): void {
    const event = newEvent();
    this.underWay.set(event, part);
    this.vu.events.set(event, { run: nothing });
    host.send(event, part.plan);
  }
}

// biome-ignore lint/correctness/useYield: a batch takes its own arrivals; nothing is left to run.
function* nothing(): Steps {
  return undefined;
}

/** k6's defaults of the options `batch` and `batchPerHost`. */
const BATCH = 20;
const BATCH_PER_HOST = 6;

function option(name: string, otherwise: number): number {
  const text = host.execution(`option.${name}`);
  return text === '' ? otherwise : Number(text);
}

const batchTwin: Twin = function* batch(requests) {
  const vu = currentVu();
  if (vu.initialising) throw goError('Using batch in the init context is not supported');
  if (typeof requests !== 'object' || requests === null) {
    throw goError('invalid http.batch() argument type ' + typeof requests);
  }
  const parts = Object.keys(requests).map((key) => partOf(key, (requests as Record<string, unknown>)[key]));
  const run = new Batch(vu, parts, option('batchPerHost', BATCH_PER_HOST));
  const workers = Math.min(parts.length, option('batch', BATCH));
  for (let worker = 0; worker < workers; worker++) run.take();
  run.collect();
  while (!run.finished) {
    beginWait(Command.idle, 'http.batch()');
    yield WAIT;
    run.collect();
  }
  if (Array.isArray(requests)) return parts.map(({ key }) => run.responses.get(key));
  const result: Record<string, unknown> = {};
  for (const { key } of parts) result[key] = run.responses.get(key);
  return result;
};

/** k6's `http.batch`. */
export const batch: AnyFunction = Stamp.put(
  {
    batch(...values: unknown[]) {
      return drive(batchTwin(...values));
    },
  }.batch as AnyFunction,
  batchTwin,
);
