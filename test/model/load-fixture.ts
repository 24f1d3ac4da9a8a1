import { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';
import type { Gauge, HttpSample, MetricsSink } from '../../src/metrics/sink.js';
import { HttpClient, type HttpClientOptions } from '../../src/model/client.js';
import type { ClientCpu } from '../../src/model/client-cpu.js';
import { EndpointTable, K6_USER_AGENT } from '../../src/model/endpoint.js';
import { Admission, type Exchange, type Station } from '../../src/model/exchange.js';
import { iterationField } from '../../src/model/iteration.js';
import {
  compileScenario,
  executors,
  LoadGenerator,
  type LoadGeneratorOptions,
} from '../../src/model/load-generator.js';
import { Link } from '../../src/model/network.js';
import { check } from '../../src/options/fields.js';
import { createDistribution } from '../../src/random/catalogue.js';
import { RandomSource } from '../../src/random/stream.js';

/** Everything a run reported, in order. */
export class LogSink implements MetricsSink {
  readonly samples: HttpSample[] = [];
  readonly iterations: { scenario: string; durationNs: number; endNs: number }[] = [];
  readonly checks: string[] = [];
  readonly gauges: Gauge[] = [];
  interrupted = 0;
  dropped = 0;
  readonly droppedAtNs: number[] = [];
  sentBytes = 0;
  receivedBytes = 0;

  constructor(private readonly simulation: Simulation) {}

  http(sample: HttpSample): void {
    this.samples.push({ ...sample });
  }

  iteration(scenario: string, durationNs: number): void {
    this.iterations.push({ scenario, durationNs, endNs: this.simulation.nowNs });
  }

  interruptedIteration(): void {
    this.interrupted += 1;
  }

  droppedIterations(_scenario: string, count: number): void {
    this.dropped += count;
    this.droppedAtNs.push(this.simulation.nowNs);
  }

  check(name: string, passed: boolean, scenario: string, group: string): void {
    this.checks.push(`${scenario} ${group} ${name}: ${passed}`);
  }

  data(sentBytes: number, receivedBytes: number): void {
    this.sentBytes += sentBytes;
    this.receivedBytes += receivedBytes;
  }

  served(): void {}

  gauge(gauge: Gauge): void {
    this.gauges.push(gauge);
  }
}

/** A station that does to each request what `behave` says, and keeps count. */
export class ScriptedStation implements Station, Handler {
  readonly name = 'station';
  readonly accepted: { atNs: number; exchange: Exchange }[] = [];
  readonly abandonedAtNs: number[] = [];
  connectCount = 0;
  admission: Admission = Admission.accepted;

  constructor(
    private readonly simulation: Simulation,
    private readonly behave: (exchange: Exchange, index: number) => number | ((exchange: Exchange) => void),
  ) {}

  listens(): Admission {
    return this.admission;
  }

  connect(): Admission {
    this.connectCount += 1;
    return this.admission;
  }

  accept(exchange: Exchange): void {
    const todo = this.behave(exchange, this.accepted.length);
    this.accepted.push({ atNs: this.simulation.nowNs, exchange });
    if (typeof todo === 'function') todo(exchange);
    else if (todo === 0) exchange.answer(200, 1000);
    else this.simulation.after(todo, this, 0, exchange);
  }

  abandon(): void {
    this.abandonedAtNs.push(this.simulation.nowNs);
  }

  handle(_kind: number, payload: unknown): void {
    (payload as Exchange).answer(200, 1000);
  }
}

/** One scenario as a file writes it. */
export type ScenarioText = Record<string, unknown> & { executor: string; iteration?: unknown; name?: string };

export interface LoadWorldOptions {
  readonly scenarios: readonly ScenarioText[];
  /** Answer time in ns, or what to do with each request; 0 (at once) if absent. */
  readonly behave?: (exchange: Exchange, index: number) => number | ((exchange: Exchange) => void);
  readonly latencyNs?: number;
  readonly seed?: string;
  readonly client?: Partial<HttpClientOptions>;
  readonly keepaliveTimeoutNs?: number;
  readonly cpu?: (simulation: Simulation) => ClientCpu;
  readonly load?: Partial<LoadGeneratorOptions>;
}

/** The smallest world: a load generator, one link, one scripted station. */
export function loadWorld(options: LoadWorldOptions) {
  const simulation = new Simulation();
  const sink = new LogSink(simulation);
  const station = new ScriptedStation(simulation, options.behave ?? (() => 0));
  const latency = createDistribution({ kind: 'constant', options: { value: options.latencyNs ?? 0 } });
  const link = new Link(simulation, 'client-station', station, latency);
  const client = new HttpClient({
    simulation,
    sink,
    targets: [{ links: [link], keepaliveTimeoutNs: options.keepaliveTimeoutNs }],
    cpu: options.cpu?.(simulation),
    ...options.client,
  });
  const endpoints = new EndpointTable();
  const head = { host: '127.0.0.1:21002', userAgent: K6_USER_AGENT };
  const scenarios = options.scenarios.map(({ executor, iteration, name, ...rest }) => {
    const plan = {
      name: name ?? 'default',
      executor,
      options: checked(executors.get(executor).options, rest),
      iteration: iteration === undefined ? [] : checked(iterationField(), iteration),
    };
    return compileScenario(plan, { endpoints, head });
  });
  const load = new LoadGenerator({
    simulation,
    source: new RandomSource(options.seed ?? 'load'),
    sink,
    client,
    scenarios,
    onFinished: () => simulation.stop(),
    ...options.load,
  });
  load.start();
  return { simulation, sink, station, load, endpoints };
}

/** The checked value; throws the mistakes. */
export function checked<F extends Parameters<typeof check>[0]>(field: F, value: unknown) {
  const result = check(field, value);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}
