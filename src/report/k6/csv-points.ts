import type { Sample, SampleConsumer, SampleTags } from '../../metrics/sample.js';
import { DEFAULT_SYSTEM_TAGS, NOT_INDEXED } from '../../metrics/system-tags.js';
import { GoDates, goFixed, type TestClock } from './go-numbers.js';

/** How `K6_CSV_TIME_FORMAT` has the times. */
export const CSV_TIME_FORMATS = [
  'unix',
  'unix_milli',
  'unix_micro',
  'unix_nano',
  'rfc3339',
  'rfc3339_nano',
] as const;
/** One of {@link CSV_TIME_FORMATS}. */
export type CsvTimeFormat = (typeof CSV_TIME_FORMATS)[number];

/** What {@link CsvPoints} needs. */
export interface CsvPointsOptions {
  readonly clock: TestClock;
  /** Takes the text piece by piece, whole rows. */
  readonly write: (text: string) => void;
  /** The columns are those of these that k6 indexes, sorted. */
  readonly systemTags?: readonly string[];
  /** `unix` if absent: whole seconds. */
  readonly timeFormat?: CsvTimeFormat | undefined;
}

/**
 * The file of `--out csv=` (k6 v1.8.1, internal/output/csv/output.go), one row per sample. Tags beyond the columns stand in
 * `extra_tags` as `a=1&b=2`, sorted here; a real k6 leaves their order to chance.
 */
export class CsvPoints implements SampleConsumer {
  private readonly columns: readonly string[];
  private readonly timeFormat: CsvTimeFormat;
  private readonly dates: GoDates;
  /** The part of the row that the tags make; they are interned. */
  private readonly cells = new WeakMap<SampleTags, string>();

  constructor(private readonly options: CsvPointsOptions) {
    const systemTags = options.systemTags ?? DEFAULT_SYSTEM_TAGS;
    this.columns = systemTags.filter((tag) => !NOT_INDEXED.includes(tag)).sort();
    this.timeFormat = options.timeFormat ?? 'unix';
    this.dates = new GoDates(options.clock);
    const names = ['metric_name', 'timestamp', 'metric_value', ...this.columns, 'extra_tags', 'metadata'];
    options.write(`${names.join(',')}\n`);
  }

  sample({ metric, timeNs, value, tags, metadata }: Sample): void {
    let cells = this.cells.get(tags);
    if (cells === undefined) {
      cells = this.cellsOf(tags);
      this.cells.set(tags, cells);
    }
    const more = metadata === undefined ? '' : field(pairs(metadata, this.columns));
    this.options.write(`${metric},${this.time(timeNs)},${goFixed(value)},${cells},${more}\n`);
  }

  private cellsOf(tags: SampleTags): string {
    const cells = this.columns.map((tag) => field(tags[tag] ?? ''));
    return [...cells, field(pairs(tags, this.columns))].join(',');
  }

  private time(timeNs: number): string {
    const { clock } = this.options;
    switch (this.timeFormat) {
      case 'unix':
        return String(Math.floor((clock.startMs + timeNs / 1e6) / 1000));
      case 'rfc3339':
        return this.dates.at(timeNs).replace(/\.\d+/, '');
      case 'rfc3339_nano':
        return this.dates.at(timeNs);
      default: {
        const perUnit = { unix_milli: 1_000_000n, unix_micro: 1000n, unix_nano: 1n }[this.timeFormat];
        return String((BigInt(clock.startMs) * 1_000_000n + BigInt(timeNs)) / perUnit);
      }
    }
  }
}

function pairs(tags: SampleTags, without: readonly string[]): string {
  const names = Object.keys(tags).filter((name) => !without.includes(name));
  return names
    .sort()
    .map((name) => `${name}=${tags[name]}`)
    .join('&');
}

/** Go's encoding/csv quotes what has a comma, a quote or a line break, what begins with a blank, and `\.`. */
function field(text: string): string {
  return /[,"\r\n]|^\s|^\\\.$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
