import { NS_PER_MS, NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import {
  type Accumulator,
  type CounterAccumulator,
  createAccumulator,
  type RateAccumulator,
  TrendAccumulator,
} from './accumulator.js';
import { BUILTIN_METRICS } from './builtin.js';
import { DetailLog } from './detail.js';
import { GaugeBoard } from './gauge-board.js';
import { GeneratorLogs } from './generator.js';
import { Histogram } from './histogram.js';
import { httpDurationMs, httpMatches, httpValue } from './http-values.js';
import {
  type InstanceRecord,
  type IntervalRecord,
  type MetricRecord,
  type MetricType,
  RECORD_BUCKETS_PER_OCTAVE,
  type ReplicationRecord,
} from './record.js';
import type { InstanceName, RecorderOptions } from './recorder-options.js';
import { EXPECTED_RESPONSE, type Submetric, submetricsOf } from './recorder-submetrics.js';
import { tagsMatch } from './selector.js';
import type { Gauge, HttpSample, ScriptMetricsSink } from './sink.js';

type Tags = Readonly<Record<string, string>>;

interface InstanceState extends InstanceName {
  errors: number;
  readonly durations: Histogram;
}

/**
 * Collects one replication: all of k6's built-in metrics, one entry per interval, gauges once a second, and what each instance
 * served. The world calls `tick` at every whole second and `finish` once.
 *
 * Cost per request: ten histogram increments, no allocation. Memory: 37 kB per trend, and per interval the filled buckets of
 * its durations, whatever the number of requests.
 */
export class Recorder implements ScriptMetricsSink {
  private readonly intervalNs: number;
  private readonly types: Readonly<Record<string, MetricType>> = BUILTIN_METRICS;
  private readonly builtin = new Map<string, Accumulator>();
  private readonly blocked = this.trend('http_req_blocked');
  private readonly connecting = this.trend('http_req_connecting');
  private readonly duration = this.trend('http_req_duration');
  private readonly expected = this.trend(EXPECTED_RESPONSE);
  private readonly receiving = this.trend('http_req_receiving');
  private readonly sending = this.trend('http_req_sending');
  private readonly tlsHandshaking = this.trend('http_req_tls_handshaking');
  private readonly waiting = this.trend('http_req_waiting');
  private readonly iterationDuration = this.trend('iteration_duration');
  private readonly iterations = this.metric('iterations') as CounterAccumulator;
  private readonly requests = this.metric('http_reqs') as CounterAccumulator;
  private readonly failed = this.metric('http_req_failed') as RateAccumulator;
  private readonly scenarioTags: Readonly<Record<string, Tags>>;
  private readonly submetrics: Submetric[];
  private readonly httpSubmetrics: Submetric[];
  private readonly intervals: IntervalRecord[] = [];
  private readonly intervalDurations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  private intervalFailed = 0;
  private lastTickNs = 0;
  private readonly gauges = new GaugeBoard();
  private readonly instances: InstanceState[] = [];
  private readonly generators: GeneratorLogs;
  private readonly detail: DetailLog | undefined;

  constructor(options: RecorderOptions = {}) {
    this.intervalNs = options.intervalNs ?? NS_PER_SECOND;
    if (!(this.intervalNs >= NS_PER_SECOND) || this.intervalNs % NS_PER_SECOND !== 0) {
      throw new RangeError(`the interval must be a whole number of seconds: ${this.intervalNs} ns`);
    }
    this.scenarioTags = options.scenarioTags ?? {};
    this.types = { ...BUILTIN_METRICS, ...options.customMetrics };
    this.generators = new GeneratorLogs(options.generators ?? {});
    this.detail = options.detail && new DetailLog(options.detail);
    for (const name of ['data_sent', 'data_received']) this.metric(name);
    this.submetrics = submetricsOf(options.submetrics ?? [], this.types);
    this.httpSubmetrics = this.submetrics.filter(({ selector }) => selector.base.startsWith('http_req'));
    for (const instance of options.instances ?? []) this.addInstance(instance);
  }

  /** Adds an instance that was not there at the start; returns its index for `servedBy`. */
  addInstance({ name, service }: InstanceName): number {
    this.instances.push({ name, service, errors: 0, durations: new Histogram(RECORD_BUCKETS_PER_OCTAVE) });
    this.detail?.addInstance(name, this.gauges);
    return this.instances.length - 1;
  }

  http(sample: HttpSample): void {
    const durationMs = httpDurationMs(sample);
    this.duration.record(durationMs);
    this.intervalDurations.record(durationMs);
    this.blocked.record(sample.blockedNs / NS_PER_MS);
    this.connecting.record(sample.connectingNs / NS_PER_MS);
    this.tlsHandshaking.record(sample.tlsHandshakingNs / NS_PER_MS);
    this.sending.record(sample.sendingNs / NS_PER_MS);
    this.waiting.record(sample.waitingNs / NS_PER_MS);
    this.receiving.record(sample.receivingNs / NS_PER_MS);
    this.requests.count += 1;
    if (sample.unjudged !== true) this.judge(sample.failed, durationMs);
    this.generators.add(sample);
    this.detail?.http(sample, durationMs);
    for (const { selector, accumulator } of this.httpSubmetrics) {
      if (sample.unjudged === true && selector.base === 'http_req_failed') continue;
      if (httpMatches(sample, selector.conditions, this.scenarioTags[sample.scenario]))
        accumulator.add(httpValue(sample, selector.base));
    }
  }

  private judge(failed: boolean, durationMs: number): void {
    this.failed.total += 1;
    if (failed) {
      this.failed.passes += 1;
      this.intervalFailed += 1;
    } else this.expected.record(durationMs);
  }

  iteration(scenario: string, durationNs: number): void {
    const durationMs = durationNs / NS_PER_MS;
    this.iterations.count += 1;
    this.iterationDuration.record(durationMs);
    if (this.submetrics.length === 0) return;
    this.addToSubmetrics('iterations', 1, { scenario });
    this.addToSubmetrics('iteration_duration', durationMs, { scenario });
  }

  interruptedIteration(_scenario: string): void {
    // k6 has no metric for it: its summary's "interrupted iterations" belong to the workload.
  }

  droppedIterations(scenario: string, count: number): void {
    if (count > 0) this.add('dropped_iterations', count, { scenario });
  }

  check(name: string, passed: boolean, scenario: string, group: string, tags?: Tags): void {
    this.add('checks', passed ? 1 : 0, { ...tags, check: name, scenario, group });
  }

  data(sentBytes: number, receivedBytes: number): void {
    this.add('data_sent', sentBytes, NO_TAGS);
    this.add('data_received', receivedBytes, NO_TAGS);
  }

  custom(metric: string, value: number, tags: Tags): void {
    this.add(metric, value, tags);
  }

  served(instanceIndex: number, durationNs: number, status: number): void {
    const instance = this.instances[instanceIndex];
    if (instance === undefined) throw new RangeError(`no instance has index ${instanceIndex}`);
    instance.durations.record(durationNs / NS_PER_MS);
    this.detail?.instance(instanceIndex, durationNs / NS_PER_MS, status);
    if (status === 0 || status >= 500) instance.errors += 1;
  }

  /**
   * Registers a gauge; the same place and name again (an instance that restarted) continues the series. The gauges named `vus`
   * and `vus_max`, of all places together, are k6's metrics of that name.
   */
  gauge(gauge: Gauge): void {
    this.gauges.register(gauge);
  }

  /** To be called at every whole second of simulated time: reads the gauges, and closes the interval when it is over. */
  tick(nowNs: number): void {
    this.lastTickNs = nowNs;
    this.gauges.read();
    for (const name of ['vus', 'vus_max']) {
      const present = this.gauges.present(name);
      if (present !== undefined) this.metric(name).add(present);
    }
    if (nowNs >= (this.intervals.length + 1) * this.intervalNs) this.closeInterval();
  }

  /** What was collected of a metric so far: for thresholds that are evaluated while the run goes on. */
  metricRecord(name: string): MetricRecord | undefined {
    const submetric = this.submetrics.find(({ selector }) => selector.name === name);
    return (submetric?.accumulator ?? this.builtin.get(name))?.toRecord();
  }

  /**
   * Ends the recording. The last interval may be shorter; its rates are per nominal second all the same, so that the series
   * sums up to the total. What happened at the very instant of the last tick, after it, joins the last interval.
   *
   * @param endNs the end of the test, k6's: the rates of the totals divide by it.
   */
  finish(endNs: number): ReplicationRecord {
    const rest = this.intervalDurations.count > 0;
    const begun = this.intervals.length * this.intervalNs;
    if (endNs > this.lastTickNs) this.gauges.read();
    if (endNs > begun || (rest && this.intervals.length === 0)) this.closeInterval();
    else if (rest) this.extendLastInterval();
    const metrics: Record<string, MetricRecord> = {};
    for (const [name, accumulator] of this.builtin) metrics[name] = accumulator.toRecord();
    for (const { selector, accumulator } of this.submetrics) metrics[selector.name] = accumulator.toRecord();
    return {
      durationSeconds: toSeconds(endNs),
      intervalSeconds: toSeconds(this.intervalNs),
      metrics,
      intervals: this.intervals,
      gauges: this.gauges.series(),
      instances: this.instances.map((instance) => this.instanceRecord(instance)),
      ...this.generators.toRecords(),
      ...(this.detail && { detail: this.detail.toRecord() }),
    };
  }

  private trend(name: string): Histogram {
    const accumulator = new TrendAccumulator();
    this.builtin.set(name, accumulator);
    return accumulator.histogram;
  }

  private metric(name: string): Accumulator {
    let accumulator = this.builtin.get(name);
    if (accumulator === undefined) {
      const type = this.types[name];
      if (type === undefined) throw new RangeError(`unknown metric: "${name}"`);
      accumulator = createAccumulator(type);
      this.builtin.set(name, accumulator);
    }
    return accumulator;
  }

  private add(base: string, value: number, tags: Tags): void {
    this.metric(base).add(value);
    this.addToSubmetrics(base, value, tags);
  }

  private addToSubmetrics(base: string, value: number, own: Tags): void {
    if (this.submetrics.length === 0) return;
    const ofScenario = this.scenarioTags[own.scenario ?? ''];
    const tags = ofScenario === undefined ? own : { ...ofScenario, ...own };
    for (const { selector, accumulator } of this.submetrics) {
      if (selector.base === base && tagsMatch(tags, selector.conditions)) accumulator.add(value);
    }
  }

  private closeInterval(): void {
    const durations = this.intervalDurations.toSparse();
    this.intervals.push({
      requests: durations.count,
      failed: this.intervalFailed,
      vus: this.gauges.present('vus') ?? 0,
      durations,
    });
    this.gauges.closeInterval(toSeconds(this.intervalNs));
    this.intervalDurations.reset();
    this.intervalFailed = 0;
  }

  private extendLastInterval(): void {
    const last = this.intervals.pop() as IntervalRecord;
    this.intervalDurations.mergeSparse(last.durations);
    const durations = this.intervalDurations.toSparse();
    this.intervals.push({
      requests: durations.count,
      failed: last.failed + this.intervalFailed,
      vus: last.vus,
      durations,
    });
  }

  private instanceRecord(instance: InstanceState): InstanceRecord {
    return {
      name: instance.name,
      service: instance.service,
      requests: instance.durations.count,
      errors: instance.errors,
      durations: instance.durations.toSparse(),
      cpuSeconds: this.gauges.total(instance.name, 'cpu_seconds'),
      throttledSeconds: this.gauges.total(instance.name, 'throttled_seconds'),
      memoryBytesMax: this.gauges.max(instance.name, 'memory_bytes'),
      inFlightMax: this.gauges.max(instance.name, 'in_flight'),
    };
  }
}

const NO_TAGS: Tags = {};
