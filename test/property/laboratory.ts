import { startReplication } from '../../src/experiment/replicate.js';
import type { Experiment, LoadedExperiment } from '../../src/input/experiment.js';
import { loadExperiment, type Overrides } from '../../src/input/load.js';
import { memoryFiles } from '../../src/input/source.js';
import type { ReplicationRecord } from '../../src/metrics/record.js';
import { Recorder } from '../../src/metrics/recorder.js';
import type { HttpSample } from '../../src/metrics/sink.js';
import { BalancerReplica } from '../../src/model/balancer-replica.js';
import type { Call } from '../../src/model/call.js';
import { HttpClient } from '../../src/model/client.js';
import { Demand } from '../../src/model/demand.js';
import { Exchange, type Station } from '../../src/model/exchange.js';
import { Instance } from '../../src/model/instance.js';
import { NginxBalancer } from '../../src/model/products/nginx/balancer.js';
import { VirtualUser } from '../../src/model/virtual-user.js';

/** Plain data as a file has it. */
export type Plain = Readonly<Record<string, unknown>>;

/** An experiment that was written in a test: JSON is YAML. */
export function written(experiment: Plain, model: Plain, overrides: Overrides = {}): LoadedExperiment {
  return loadExperiment(
    'written.yaml',
    memoryFiles({
      'written.yaml': JSON.stringify({ seed: 430, replications: 1, ...experiment, model: 'model.yaml' }),
      'model.yaml': JSON.stringify(model),
    }),
    overrides,
  );
}

/** One thing that was seen, in the order of the run. */
export interface SeenIteration {
  readonly scenario: string;
  readonly slot: number;
  readonly atNs: number;
  readonly key: string;
}

/** A request that a virtual user made. */
export interface SeenRequest {
  readonly scenario: string;
  readonly path: string;
  readonly atNs: number;
  readonly key: string;
}

/** What was drawn for a request at one place. */
export interface SeenDemand {
  readonly key: string;
  /** Hash of the place's name. */
  readonly purpose: number;
  readonly value: number;
}

/** Everything that was seen of one replication. */
export interface Observation {
  readonly record: ReplicationRecord;
  readonly fingerprint: string;
  readonly events: number;
  readonly iterations: readonly SeenIteration[];
  readonly requests: readonly SeenRequest[];
  readonly demands: readonly SeenDemand[];
  readonly samples: readonly HttpSample[];
  /** Requests that were interrupted with their virtual user. */
  readonly cancelledCount: number;
  /** Requests that ended in none of the known ways, or in two of them. */
  readonly mistakes: readonly string[];
  /** Requests that arrived at a station, whatever it was, and how often each was answered. */
  readonly arrivals: readonly { readonly exchange: Exchange; readonly station: string; answers: number }[];
  /** Requests that instances reported as served, by instance. */
  readonly served: readonly number[];
}

/** Simulated time in which whatever is under way at the end of a test comes to its end, seconds. */
const DRAIN_SECONDS = 200;

/** A world that goes on for ever is found out, instead of filling the memory. */
const EVENTS_MAX = 2_000_000;

/**
 * Runs one replication with an eye on everything that passes the ports, then lets the world come to rest.
 * Spies on prototypes: the code under test is the code that users run, and the world is built by the real builder.
 */
export function observe(experiment: Experiment, seed: string = experiment.seed): Observation {
  const log = new Log();
  log.watch();
  try {
    const run = startReplication(experiment, seed, 'none');
    for (let seconds = 1; run.runUntil(seconds); seconds += 1) {
      if (run.events > EVENTS_MAX) throw new Error(`${run.events} events: more than a small world has`);
    }
    const { fingerprint, events } = run;
    log.testIsOver();
    run.runUntil(run.plannedSeconds + DRAIN_SECONDS);
    return { ...log.toObservation(), record: run.finish(), fingerprint, events };
  } finally {
    log.unwatch();
  }
}

class Log {
  private readonly iterations: SeenIteration[] = [];
  private readonly requests: SeenRequest[] = [];
  private readonly demands: SeenDemand[] = [];
  private readonly samples: HttpSample[] = [];
  private readonly mistakes: string[] = [];
  private readonly arrivals = new Map<Exchange, { exchange: Exchange; station: string; answers: number }>();
  private readonly served: number[] = [];
  private readonly open = new Set<Call>();
  private readonly restores: (() => void)[] = [];
  private cancelledCount = 0;

  watch(): void {
    this.watchUsers();
    this.watchDemands();
    this.watchStations();
  }

  unwatch(): void {
    for (const restore of this.restores) restore();
  }

  /** No virtual user is left that could wait for anything. */
  testIsOver(): void {
    if (this.open.size > 0) this.mistakes.push(`${this.open.size} requests were never over`);
  }

  toObservation(): Omit<Observation, 'record' | 'fingerprint' | 'events'> {
    const { iterations, requests, demands, samples, mistakes, served, cancelledCount } = this;
    const arrivals = [...this.arrivals.values()];
    return { iterations, requests, demands, samples, mistakes, served, cancelledCount, arrivals };
  }

  /** The test framework's own spies keep every argument of every call, and with them every world. */
  private replace<T extends object, K extends keyof T>(target: T, name: K, replacement: T[K]): void {
    const original = target[name];
    target[name] = replacement;
    this.restores.push(() => {
      target[name] = original;
    });
  }

  private watchUsers(): void {
    const log = this;
    const { nextIteration } = VirtualUser.prototype;
    this.replace(
      VirtualUser.prototype,
      'nextIteration',
      function (this: VirtualUser, high: number, low: number) {
        const { scenario, slot } = this;
        log.iterations.push({ scenario, slot, atNs: this.simulation.nowNs, key: `${high},${low}` });
        nextIteration.call(this, high, low);
      },
    );
    const { begin, cancel } = HttpClient.prototype;
    this.replace(HttpClient.prototype, 'begin', function (this: HttpClient, call, plan, high, low) {
      const { scenario, simulation } = call.owner as VirtualUser;
      const { path } = plan.endpoint;
      log.requests.push({ scenario, path, atNs: simulation.nowNs, key: `${high},${low}` });
      if (log.open.has(call)) log.mistakes.push('a virtual user sent a request before the last one was over');
      log.open.add(call);
      begin.call(this, call, plan, high, low);
    });
    this.replace(HttpClient.prototype, 'cancel', function (this: HttpClient, call) {
      if (log.open.delete(call)) log.cancelledCount += 1;
      cancel.call(this, call);
    });
    const { callEnded } = VirtualUser.prototype;
    this.replace(VirtualUser.prototype, 'callEnded', function (this: VirtualUser, call) {
      if (!log.open.delete(call)) log.mistakes.push('a request was over twice');
      callEnded.call(this, call);
    });
    const { http } = Recorder.prototype;
    this.replace(Recorder.prototype, 'http', function (this: Recorder, sample) {
      log.samples.push({ ...sample });
      http.call(this, sample);
    });
  }

  private watchDemands(): void {
    const { draw } = Demand.prototype;
    const { demands } = this;
    this.replace(Demand.prototype, 'draw', function (this: Demand, keyed) {
      const value = draw.call(this, keyed);
      const { purpose } = this as unknown as { readonly purpose: number };
      demands.push({ key: `${keyed.keyHigh},${keyed.keyLow}`, purpose, value });
      return value;
    });
  }

  private watchStations(): void {
    const { arrivals, mistakes, served } = this;
    for (const prototype of [Instance.prototype, BalancerReplica.prototype, NginxBalancer.prototype]) {
      const { accept } = prototype;
      this.replace(prototype as Station, 'accept', function (this: Station, exchange: Exchange) {
        // A replica hands on to the balancer of its name what has arrived at it.
        const isHandedOn = this instanceof NginxBalancer && arrivals.get(exchange)?.station === this.name;
        if (arrivals.has(exchange) && !isHandedOn) mistakes.push(`a request arrived twice at ${this.name}`);
        arrivals.set(exchange, { exchange, station: this.name, answers: 0 });
        accept.call(this as never, exchange);
      });
    }
    const { answer, breakOff } = Exchange.prototype;
    const count = (exchange: Exchange) => {
      const arrival = arrivals.get(exchange);
      if (arrival === undefined) mistakes.push('a request was answered that had never arrived');
      else arrival.answers += 1;
    };
    this.replace(Exchange.prototype, 'answer', function (this: Exchange, status, bytes) {
      count(this);
      answer.call(this, status, bytes);
    });
    this.replace(Exchange.prototype, 'breakOff', function (this: Exchange, failure) {
      count(this);
      breakOff.call(this, failure);
    });
    const { served: report } = Recorder.prototype;
    this.replace(Recorder.prototype, 'served', function (this: Recorder, index, durationNs, status) {
      served[index] = (served[index] ?? 0) + 1;
      report.call(this, index, durationNs, status);
    });
  }
}
