import type { SampleTags } from '../metrics/sample.js';
import type { Gauge, HttpSample, ScriptMetricsSink } from '../metrics/sink.js';

/** A sink that also hears of setup() and teardown(). */
export interface ScriptTestSink extends ScriptMetricsSink {
  /** The end of setup() or teardown(): the bytes since belong to it. */
  hookEnded?(name: 'setup' | 'teardown'): void;
}

/** Iterations of one scenario that are over. */
export interface IterationCounts {
  complete: number;
  interrupted: number;
}

/** Hands everything on to the sink of the test, and counts iterations. */
export class CountingSink implements ScriptMetricsSink {
  readonly all: IterationCounts = { complete: 0, interrupted: 0 };
  private readonly byScenario = new Map<string, IterationCounts>();

  /** @param onDropped called after iterations of a scenario could not start. */
  constructor(
    private readonly sink: ScriptMetricsSink,
    private readonly onDropped: (scenario: string) => void,
  ) {}

  /** Counts of a scenario so far. */
  of(scenario: string): IterationCounts {
    let counts = this.byScenario.get(scenario);
    if (counts === undefined) {
      counts = { complete: 0, interrupted: 0 };
      this.byScenario.set(scenario, counts);
    }
    return counts;
  }

  http(sample: HttpSample): void {
    this.sink.http(sample);
  }

  iteration(scenario: string, durationNs: number, tags?: SampleTags): void {
    this.all.complete += 1;
    this.of(scenario).complete += 1;
    this.sink.iteration(scenario, durationNs, tags);
  }

  interruptedIteration(scenario: string, tags?: SampleTags, abortedAfterNs?: number): void {
    this.all.interrupted += 1;
    this.of(scenario).interrupted += 1;
    this.sink.interruptedIteration(scenario, tags, abortedAfterNs);
  }

  droppedIterations(scenario: string, count: number): void {
    this.sink.droppedIterations(scenario, count);
    this.onDropped(scenario);
  }

  check(name: string, passed: boolean, scenario: string, group: string, tags?: SampleTags): void {
    this.sink.check(name, passed, scenario, group, tags);
  }

  data(sentBytes: number, receivedBytes: number): void {
    this.sink.data(sentBytes, receivedBytes);
  }

  served(instanceIndex: number, durationNs: number, status: number): void {
    this.sink.served(instanceIndex, durationNs, status);
  }

  gauge(gauge: Gauge): void {
    this.sink.gauge(gauge);
  }

  custom(metric: string, value: number, tags: SampleTags): void {
    this.sink.custom(metric, value, tags);
  }
}
