import { NS_PER_MS } from '../../kernel/time.js';
import { K6_METRICS, type MetricInfo } from '../../metrics/k6-metrics.js';
import {
  EXPECTED_RESPONSE,
  isSameSubmetric,
  type K6Submetric,
  parseSubmetric,
} from '../../metrics/k6-submetric.js';
import type { K6ThresholdDefinition } from '../../metrics/k6-threshold.js';
import type { Sample, SampleConsumer, SampleTags } from '../../metrics/sample.js';
import { goDuration } from '../../options/go-duration.js';
import { GoDates, goShortest, type TestClock } from './go-numbers.js';

/** What {@link JsonPoints} needs. */
export interface JsonPointsOptions {
  readonly clock: TestClock;
  /** Takes the text piece by piece, whole lines. */
  readonly write: (text: string) => void;
  /** The script's own metrics. */
  readonly metrics?: Readonly<Record<string, MetricInfo>>;
  /** `options.thresholds`, consolidated. */
  readonly thresholds?: Readonly<Record<string, readonly K6ThresholdDefinition[]>>;
  /** False where `systemTags` leave `expected_response` out. */
  readonly expectedResponse?: boolean;
}

/**
 * The file of `--out json=` (k6 v1.8.1, internal/output/json): one object per line, a metric's definition right before its first
 * point. Sub-metrics stand in the order of the thresholds; a real k6 leaves that to chance.
 */
export class JsonPoints implements SampleConsumer {
  private readonly seen = new Set<string>();
  private readonly texts = new WeakMap<SampleTags, string>();
  private readonly submetrics: K6Submetric[] = [];
  private readonly dates: GoDates;

  constructor(private readonly options: JsonPointsOptions) {
    this.dates = new GoDates(options.clock);
    const named = Object.keys(options.thresholds ?? {}).filter((name) => name.includes('{'));
    if (options.expectedResponse !== false) named.push(EXPECTED_RESPONSE);
    for (const name of named) {
      const submetric = parseSubmetric(name);
      if (!this.submetrics.some((other) => isSameSubmetric(other, submetric)))
        this.submetrics.push(submetric);
    }
  }

  sample({ metric, timeNs, value, tags, metadata }: Sample): void {
    if (!this.seen.has(metric)) {
      this.seen.add(metric);
      this.options.write(this.definition(metric));
    }
    let text = this.texts.get(tags);
    if (text === undefined) {
      text = mapping(tags);
      this.texts.set(tags, text);
    }
    const more = metadata === undefined ? '' : `,"metadata":${mapping(metadata)}`;
    const time = this.dates.at(timeNs);
    this.options.write(
      `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${goShortest(value)},"tags":${text}${more}}}\n`,
    );
  }

  private definition(metric: string): string {
    const info = this.options.metrics?.[metric] ?? K6_METRICS[metric];
    if (info === undefined) throw new RangeError(`unknown metric: "${metric}"`);
    const thresholds = (this.options.thresholds?.[metric] ?? []).map(thresholdText).join(',');
    const parts = this.submetrics.filter(({ base }) => base === metric).map(submetricText);
    const submetrics = parts.length === 0 ? 'null' : `[${parts.join(',')}]`;
    const data = `"name":${quote(metric)},"type":"${info.type}","contains":"${info.contains}"`;
    return `{"type":"Metric","data":{${data},"thresholds":[${thresholds}],"submetrics":${submetrics}},"metric":${quote(metric)}}\n`;
  }
}

/** A plain text, unless it may abort the test. */
function thresholdText({ threshold, abortOnFail, delayAbortEval }: K6ThresholdDefinition): string {
  if (!abortOnFail) return JSON.stringify(threshold);
  const delay = delayAbortEval === null ? null : goDuration(delayAbortEval * NS_PER_MS);
  return JSON.stringify({ threshold, abortOnFail, delayAbortEval: delay });
}

function submetricText({ name, suffix, tags }: K6Submetric): string {
  return `{"name":${quote(name)},"suffix":${quote(suffix)},"tags":${mapping(tags)}}`;
}

/** Sorted by key. */
function mapping(tags: SampleTags): string {
  const pairs = Object.keys(tags)
    .sort()
    .map((name) => `${quote(name)}:${quote(tags[name]!)}`);
  return `{${pairs.join(',')}}`;
}

/** easyjson's texts: what a browser could take for markup is escaped, and so are the line separators of Unicode. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/\\\\|\\[bf]|[<>&\u2028\u2029]/g, (found) => {
    if (found === '\\\\') return found;
    const code = found === '\\b' ? BACKSPACE : found === '\\f' ? FORM_FEED : found.charCodeAt(0);
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Control characters that JSON has a letter for, but easyjson writes as numbers. */
const BACKSPACE = 0x08;
const FORM_FEED = 0x0c;
