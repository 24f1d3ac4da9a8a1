import { type AnyFunction, drive, Stamp, type Twin, WAIT } from './core.js';
import { goError } from './errors.js';
import { host } from './host.js';
import { planned } from './plans.js';
import { type PreparedRequest, prepareRequest } from './prepare.js';
import { type Capability, newCapability } from './promise.js';
import { afterAnswer } from './redirects.js';
import { hostOf } from './request.js';
import { Response } from './response.js';
import { optionOf } from './run-options.js';
import { newEvent } from './timers.js';
import { turn } from './turn.js';
import { type Arrival, currentVu, type Steps, type Vu } from './vu.js';
import { beginWait, Command } from './waiting.js';

/** k6's `http.asyncRequest`: the virtual user goes on, and its event loop brings the response. */
export function asyncRequest(method: unknown, url: unknown, body: unknown, params: unknown): unknown {
  const vu = currentVu();
  if (vu.initialising) throw goError('Making http requests in the init context is not supported');
  const capability = newCapability();
  let part: Part | Response;
  try {
    part = prepareRequest(String(method), url, body, params);
  } catch (error) {
    capability.reject(error);
    return capability.promise;
  }
  if (part instanceof Response) {
    capability.resolve(part);
    return capability.promise;
  }
  sendAsync(vu, part, capability, turn());
  return capability.promise;
}

function sendAsync(vu: Vu, part: Part, capability: Capability, afterNs: number): void {
  const event = newEvent();
  vu.events.set(event, { run: (arrival) => settle(vu, event, part, capability, arrival) });
  host.send(event, part.plan, afterNs);
}

// biome-ignore lint/correctness/useYield: events are generators, and this one never waits.
function* settle(vu: Vu, event: number, part: Part, capability: Capability, arrival: Arrival): Steps {
  vu.events.delete(event);
  const next = afterAnswer(part.description, arrival.answer!);
  const hop = next === undefined ? undefined : planned(next);
  if (hop !== undefined && hop.plan >= 0) {
    sendAsync(vu, { ...part, ...hop }, capability, 0);
    return undefined;
  }
  const response = new Response(part.description, part.body, arrival.answer!);
  const { rejection } = response;
  if (rejection === undefined) capability.resolve(response.checked());
  else capability.reject(rejection);
  return undefined;
}

/** One request of a batch: to be sent, or what it already came to. */
type Part = PreparedRequest;

interface Sendable extends Part {
  readonly key: string;
}

interface Keyed {
  readonly key: string;
  readonly part: Part | Response;
}

function partOf(key: string, given: unknown): Keyed {
  return { key, part: preparePart(given) };
}

function preparePart(given: unknown): Part | Response {
  if (typeof given === 'string') return prepareRequest('GET', given, undefined, undefined);
  if (Array.isArray(given)) {
    const [method, url, body, params] = given as unknown[];
    return prepareRequest(String(method), url, body, params);
  }
  if (typeof given !== 'object' || given === null) return prepareRequest('GET', given, undefined, undefined);
  const { method = 'GET', url, body, params } = given as Record<string, unknown>;
  const upper = String(method).toUpperCase();
  const without = upper === 'GET' || upper === 'HEAD';
  return prepareRequest(upper, url, without ? undefined : body, params);
}

/**
 * Sends all parts as k6's workers do (lib/netext/httpext/batch.go): `batch` workers take parts in order, and a worker whose
 * host has `batchPerHost` requests under way waits for that host, taking nothing else.
 */
class Batch {
  readonly responses = new Map<string, Response>();
  private next = 0;
  private readonly underWay = new Map<number, Sendable>();
  private readonly busy = new Map<string, number>();
  private readonly waiting = new Map<string, Sendable[]>();

  constructor(
    private readonly vu: Vu,
    private readonly parts: readonly Keyed[],
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
    const { key, part: prepared } = part;
    if (prepared instanceof Response) {
      this.responses.set(key, prepared);
      this.take();
      return;
    }
    this.start({ key, ...prepared });
  }

  /** Sends it, or lets it wait for its host. */
  private start(part: Sendable): void {
    const name = hostOf(part.description.url);
    const busy = this.busy.get(name) ?? 0;
    if (this.perHostMax > 0 && busy >= this.perHostMax) {
      const list = this.waiting.get(name);
      if (list === undefined) this.waiting.set(name, [part]);
      else list.push(part);
      return;
    }
    this.busy.set(name, busy + 1);
    this.send(part, turn());
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

  private end(part: Sendable, arrival: Arrival): void {
    const next = afterAnswer(part.description, arrival.answer!);
    const hop = next === undefined ? undefined : planned(next);
    if (hop !== undefined && hop.plan >= 0) {
      this.send({ ...part, ...hop }, 0);
      return;
    }
    const response = new Response(part.description, part.body, arrival.answer!).checked('batch');
    this.responses.set(part.key, response);
    const name = hostOf(part.description.url);
    const waiting = this.waiting.get(name)?.shift();
    if (waiting !== undefined) this.send(waiting, turn());
    else this.busy.set(name, this.busy.get(name)! - 1);
    this.take();
  }

  private send(part: Sendable, afterNs: number): void {
    const event = newEvent();
    this.underWay.set(event, part);
    this.vu.events.set(event, { run: nothing });
    host.send(event, part.plan, afterNs);
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
  const value = optionOf(name);
  return value === undefined ? otherwise : Number(value);
}

const batchTwin: Twin = function* batch(requests) {
  const vu = currentVu();
  if (vu.initialising) throw goError('Using batch in the init context is not supported');
  if (typeof requests !== 'object' || requests === null) {
    throw goError(
      `invalid http.batch() argument type ${typeof requests === 'number' ? 'int64' : typeof requests}`,
    );
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
