import { NS_PER_SECOND } from '../kernel/time.js';

/** Keys of an entry of `measured:` that name the load generator's own file; one of them is given. */
export const MEASURED_KEYS = ['k6', 'summary', 'locust', 'ab', 'access_log'] as const;

/** One of them. */
export type MeasuredKey = (typeof MEASURED_KEYS)[number];

/** An entry of `measured:`, checked, as far as it says which files are read and how. */
export interface MeasuredEntry
  extends Readonly<Partial<Record<MeasuredKey, string | readonly string[] | undefined>>> {
  readonly log_format?: string | undefined;
  readonly scrape_interval?: number | undefined;
}

/** What an entry says. */
export interface EntryFiles {
  readonly format: MeasuredKey;
  /** The files as written: at least one. */
  readonly files: readonly string[];
  readonly settings: {
    readonly logFormat: string | undefined;
    readonly scrapeIntervalSeconds: number | undefined;
  };
}

/** The files of an entry, or what is wrong with it. */
export function filesOfEntry(
  entry: MeasuredEntry,
): EntryFiles | { readonly aboutKey?: string; readonly got: string; readonly expected: string } {
  const given = MEASURED_KEYS.filter((key) => entry[key] !== undefined);
  const [format, second] = given;
  if (format === undefined || second !== undefined) {
    const got = given.length === 0 ? 'none' : given.length === 2 ? 'both' : given.join(', ');
    return { got, expected: `one of the keys ${MEASURED_KEYS.join(', ')}` };
  }
  const value = entry[format] as string | readonly string[];
  const files = typeof value === 'string' ? [value] : value;
  if (files.length === 0) return { aboutKey: format, got: 'an empty list', expected: 'at least one file' };
  if (entry.log_format !== undefined && format !== 'access_log') {
    return { aboutKey: 'log_format', got: `log_format beside ${format}`, expected: 'it beside access_log' };
  }
  const { log_format: logFormat, scrape_interval: interval } = entry;
  const scrapeIntervalSeconds = interval === undefined ? undefined : interval / NS_PER_SECOND;
  return { format, files, settings: { logFormat, scrapeIntervalSeconds } };
}
