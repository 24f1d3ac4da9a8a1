import type { SampleTags } from './sample.js';

/** One finished HTTP request as a load generator measures it; times in ns. k6's definitions (tracer.go). */
export interface HttpSample {
  /** When the request ended; the sample's own time. */
  endNs: number;
  /** Asking for a connection until it was obtained: contains DNS, TCP and TLS. */
  blockedNs: number;
  connectingNs: number;
  tlsHandshakingNs: number;
  sendingNs: number;
  waitingNs: number;
  receivingNs: number;
  /** HTTP status, 0 without a response. */
  status: number;
  /** k6's error code (1050 timeout, 1212 refused, 1220 reset, 1000 + status from 400 on), 0 for none. */
  errorCode: number;
  /** Text of the error, where it is not the one that its code has. */
  error?: string | undefined;
  /** True where the response was not the expected one (k6's `http_req_failed` = 1). */
  failed: boolean;
  /** True where nobody says what is expected (k6's `responseCallback: null`): it counts for no `http_req_failed`. */
  unjudged?: boolean;
  method: string;
  /** k6's `name` tag. */
  name: string;
  scenario: string;
  group: string;
  /** Index of the instance that answered, -1 if none. */
  servedBy: number;
  /** A script's own tags, beside those that follow from the fields above; one object per kind of request. */
  tags?: SampleTags | undefined;
}

/**
 * The model's only way out. The model tells it what happened and reads nothing back; everything that any report shows
 * comes from here.
 */
export interface MetricsSink {
  /** One HTTP request ended at the client. The object may be reused by the caller: copy what is kept. */
  http(sample: HttpSample): void;
  /** A complete iteration. @param tags of the virtual user, where a script has given it some. */
  iteration(scenario: string, durationNs: number, tags?: SampleTags): void;
  /**
   * An iteration that was cut, by the end of the graceful period or by an abort.
   * @param abortedAfterNs its duration, where it is the one that aborted the test: k6 has its samples all the same.
   */
  interruptedIteration(scenario: string, tags?: SampleTags, abortedAfterNs?: number): void;
  /** Iterations that could not start. */
  droppedIterations(scenario: string, count: number): void;
  /** One `check()` of k6. */
  check(
    name: string,
    passed: boolean,
    scenario: string,
    group: string,
    tags?: Readonly<Record<string, string>>,
  ): void;
  /** Raw bytes on the client's sockets. */
  data(sentBytes: number, receivedBytes: number): void;
  /** A request that an instance answered (or broke off: status 0), as the instance itself measures it. */
  served(instanceIndex: number, durationNs: number, status: number): void;
  /**
   * Registers a value to be read at every whole second, such as `in_flight` of `api-1`, by place and name.
   * Counters that only grow (CPU time used) are registered with `cumulative`, and reported per second.
   */
  gauge(gauge: Gauge): void;
}

/** A sink that also takes the metrics of a k6 script (`new Trend('...')`, `group_duration`). */
export interface ScriptMetricsSink extends MetricsSink {
  /** One value of a metric that is known by its name: see `RecorderOptions.customMetrics`; times in ms. */
  custom(metric: string, value: number, tags: Readonly<Record<string, string>>): void;
}

/** A quantity of one place, sampled once a second. */
export interface Gauge {
  /** `api-1`, `balancer`, `postgres`, `api-1/db`, `client`. */
  readonly place: string;
  /** Prometheus-like, with its unit: `in_flight`, `cpu_seconds`, `throttled_seconds`, `memory_bytes`, `pool_in_use`. */
  readonly name: string;
  /** True for a counter: the series holds its increase per second. */
  readonly cumulative: boolean;
  /** Reads the present value. Must not change anything. */
  readonly read: () => number;
}
