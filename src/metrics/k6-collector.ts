import { NS_PER_MS } from '../kernel/time.js';
import { HTTP_ERRORS } from './http-errors.js';
import { httpDurationMs } from './http-values.js';
import type { Sample, SampleBatch, SampleConsumer, SampleTags } from './sample.js';
import type { Gauge, HttpSample, ScriptMetricsSink } from './sink.js';
import { DEFAULT_SYSTEM_TAGS } from './system-tags.js';

/** What a {@link K6Collector} needs. */
export interface K6CollectorOptions {
  /** Who takes the samples, in this order: the aggregator, files of points. */
  readonly consumers: readonly SampleConsumer[];
  /** The present moment: ns since the start of the test. */
  readonly nowNs: () => number;
  /** k6's option `tags`: on every sample. */
  readonly tags?: SampleTags | undefined;
  /** k6's option `systemTags`. */
  readonly systemTags?: readonly string[] | undefined;
  /** `tags` of each scenario: on every sample of its virtual users. */
  readonly scenarioTags?: Readonly<Record<string, SampleTags>> | undefined;
}

/** The metrics of a request, in k6's order; the last is left out where the script judges nothing. */
const REQUEST = [
  'http_reqs',
  'http_req_duration',
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
  'http_req_failed',
] as const;
const UNJUDGED = REQUEST.slice(0, -1);
/** Those of the end of an iteration. */
const ITERATION = ['data_sent', 'data_received', 'iteration_duration', 'iterations'] as const;

/**
 * Makes the samples of k6 from what the model tells, in k6's order: nine per request, and four at the end of an iteration (two
 * where it was interrupted). `vus` and `vus_max` are read at every tick.
 *
 * Cost per request: nine samples, handed to every consumer at once where it takes them so; tags are interned.
 *
 * Limits: the system tags `vu`, `iter`, `ip` and `ocsp_status` are not known here.
 */
export class K6Collector implements ScriptMetricsSink {
  private readonly interned = new Map<string, SampleTags>();
  private readonly httpKinds = new Map<string, HttpKind[]>();
  private readonly ofScenarios = new Map<string, SampleTags>();
  private readonly checkTags = new Map<string, SampleTags>();
  private readonly systemTags: ReadonlySet<string>;
  private readonly optionTags: SampleTags;
  private readonly vusGauges = new Map<string, Gauge>();
  /** One for all: fourteen for each iteration would be most of what a test allocates. */
  private readonly sample: Writable<Sample> = { metric: '', timeNs: 0, value: 0, tags: {} };
  private readonly batch: Writable<SampleBatch> = {
    metrics: [],
    values: new Float64Array(REQUEST.length),
    timeNs: 0,
    tags: {},
  };
  private sentBytes = 0;
  private receivedBytes = 0;

  constructor(private readonly options: K6CollectorOptions) {
    this.systemTags = new Set(options.systemTags ?? DEFAULT_SYSTEM_TAGS);
    this.optionTags = { ...options.tags };
  }

  http(sample: HttpSample): void {
    const { values } = this.batch;
    values[0] = 1;
    values[1] = httpDurationMs(sample);
    values[2] = sample.blockedNs / NS_PER_MS;
    values[3] = sample.connectingNs / NS_PER_MS;
    values[4] = sample.tlsHandshakingNs / NS_PER_MS;
    values[5] = sample.sendingNs / NS_PER_MS;
    values[6] = sample.waitingNs / NS_PER_MS;
    values[7] = sample.receivingNs / NS_PER_MS;
    values[8] = sample.failed ? 1 : 0;
    this.emitAll(sample.unjudged === true ? UNJUDGED : REQUEST, sample.endNs, this.httpTags(sample));
  }

  /** Kept until the iteration, or what interrupts it, follows: k6 tells bytes with the tags of the virtual user. */
  data(sentBytes: number, receivedBytes: number): void {
    this.sentBytes += sentBytes;
    this.receivedBytes += receivedBytes;
  }

  iteration(scenario: string, durationNs: number, own?: SampleTags): void {
    const { values } = this.batch;
    values[0] = this.sentBytes;
    values[1] = this.receivedBytes;
    values[2] = durationNs / NS_PER_MS;
    values[3] = 1;
    this.sentBytes = 0;
    this.receivedBytes = 0;
    this.emitAll(ITERATION, this.options.nowNs(), this.scenarioTags(scenario, own));
  }

  interruptedIteration(scenario: string, own?: SampleTags, abortedAfterNs?: number): void {
    if (abortedAfterNs === undefined) this.emitBytes(this.scenarioTags(scenario, own));
    else this.iteration(scenario, abortedAfterNs, own);
  }

  /** The end of setup() or teardown(): its bytes, under a group of that name. */
  hookEnded(name: 'setup' | 'teardown'): void {
    this.emitBytes(this.tagsOf({ group: `::${name}` }));
  }

  droppedIterations(scenario: string, count: number): void {
    if (count > 0) this.emit('dropped_iterations', this.options.nowNs(), count, this.tagsOf({ scenario }));
  }

  check(name: string, passed: boolean, scenario: string, group: string, own?: SampleTags): void {
    const key = `${scenario} ${group} ${name}`;
    let tags = own === undefined ? this.checkTags.get(key) : undefined;
    if (tags === undefined) {
      const given = { ...this.options.scenarioTags?.[scenario], ...own };
      tags = this.tagsOf({ ...given, check: name, group, ...ofScenario(scenario) });
      if (own === undefined) this.checkTags.set(key, tags);
    }
    this.emit('checks', this.options.nowNs(), passed ? 1 : 0, tags);
  }

  /** A value of any metric, with all its tags but those of the scenario and of the options. */
  custom(metric: string, value: number, tags: SampleTags): void {
    const { scenario = '', ...rest } = tags;
    const all = { ...this.options.scenarioTags?.[scenario], ...rest, ...ofScenario(scenario) };
    this.emit(metric, this.options.nowNs(), value, this.tagsOf(all));
  }

  served(): void {
    // What an instance measures is nothing that k6 could know.
  }

  gauge(gauge: Gauge): void {
    if (gauge.name === 'vus' || gauge.name === 'vus_max') this.vusGauges.set(gauge.name, gauge);
  }

  /** To be called at every whole second of the test, but not at its start. */
  tick(nowNs: number): void {
    const tags = this.tagsOf({});
    for (const name of ['vus', 'vus_max']) {
      const gauge = this.vusGauges.get(name);
      if (gauge !== undefined) this.emit(name, nowNs, gauge.read(), tags);
    }
  }

  private emit(metric: string, timeNs: number, value: number, tags: SampleTags): void {
    const { sample } = this;
    sample.metric = metric;
    sample.timeNs = timeNs;
    sample.value = value;
    sample.tags = tags;
    for (const consumer of this.options.consumers) consumer.sample(sample);
  }

  /** The values are in the batch already, in the order of the metrics. */
  private emitAll(metrics: readonly string[], timeNs: number, tags: SampleTags): void {
    const { batch } = this;
    batch.metrics = metrics;
    batch.timeNs = timeNs;
    batch.tags = tags;
    for (const consumer of this.options.consumers) {
      if (consumer.samples === undefined) this.handOut(consumer);
      else consumer.samples(batch);
    }
  }

  private handOut(consumer: SampleConsumer): void {
    const { batch, sample } = this;
    sample.timeNs = batch.timeNs;
    sample.tags = batch.tags;
    batch.metrics.forEach((metric, index) => {
      sample.metric = metric;
      sample.value = batch.values[index]!;
      consumer.sample(sample);
    });
  }

  private emitBytes(tags: SampleTags): void {
    const timeNs = this.options.nowNs();
    this.emit('data_sent', timeNs, this.sentBytes, tags);
    this.emit('data_received', timeNs, this.receivedBytes, tags);
    this.sentBytes = 0;
    this.receivedBytes = 0;
  }

  private scenarioTags(scenario: string, own?: SampleTags): SampleTags {
    let tags = own === undefined ? this.ofScenarios.get(scenario) : undefined;
    if (tags === undefined) {
      const given = { ...this.options.scenarioTags?.[scenario], ...own };
      tags = this.tagsOf({ ...given, group: '', ...ofScenario(scenario) });
      if (own === undefined) this.ofScenarios.set(scenario, tags);
    }
    return tags;
  }

  /** One object per kind of request; found without making a text of it, for this is done for every request. */
  private httpTags(sample: HttpSample): SampleTags {
    let kinds = this.httpKinds.get(sample.name);
    if (kinds === undefined) {
      kinds = [];
      this.httpKinds.set(sample.name, kinds);
    }
    for (const kind of kinds) if (isOfKind(sample, kind)) return kind.all;
    const { method, status, errorCode, failed, unjudged, scenario, group, tags } = sample;
    const all = this.makeHttpTags(sample);
    kinds.push({ method, status, errorCode, failed, unjudged, scenario, group, tags, all });
    return all;
  }

  private makeHttpTags(sample: HttpSample): SampleTags {
    const { method, name, status, errorCode, failed, scenario, group } = sample;
    return this.tagsOf({
      ...this.options.scenarioTags?.[scenario],
      ...sample.tags,
      ...(sample.unjudged === true ? {} : { expected_response: failed ? 'false' : 'true' }),
      group,
      method,
      name,
      ...ofScenario(scenario),
      status: String(status),
      url: name,
      ...(status === 0 ? {} : { proto: 'HTTP/1.1' }),
      ...(errorCode === 0 ? {} : { error_code: String(errorCode) }),
      ...(status === 0 ? { error: sample.error ?? HTTP_ERRORS[errorCode] ?? 'unknown error' } : {}),
    });
  }

  /** With the tags of the options, without the system tags that are switched off; one object for equal tags. */
  private tagsOf(tags: SampleTags): SampleTags {
    const key = JSON.stringify(tags);
    let known = this.interned.get(key);
    if (known === undefined) {
      const kept = Object.entries(tags).filter(([name]) => !SYSTEM.has(name) || this.systemTags.has(name));
      known = { ...this.optionTags, ...Object.fromEntries(kept) };
      this.interned.set(key, known);
    }
    return known;
  }
}

const SYSTEM: ReadonlySet<string> = new Set(DEFAULT_SYSTEM_TAGS);

/** What decides on the tags of a request besides its name, and these tags. */
interface HttpKind
  extends Pick<
    HttpSample,
    'method' | 'status' | 'errorCode' | 'failed' | 'unjudged' | 'scenario' | 'group' | 'tags'
  > {
  readonly all: SampleTags;
}

function isOfKind(sample: HttpSample, kind: HttpKind): boolean {
  return (
    sample.status === kind.status &&
    sample.tags === kind.tags &&
    sample.group === kind.group &&
    sample.scenario === kind.scenario &&
    sample.failed === kind.failed &&
    sample.unjudged === kind.unjudged &&
    sample.method === kind.method &&
    sample.errorCode === kind.errorCode
  );
}

/** In setup() and teardown() there is no scenario, and no tag of it. */
function ofScenario(scenario: string): SampleTags {
  return scenario === '' ? {} : { scenario };
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
