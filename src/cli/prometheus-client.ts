import { InputError } from '../input/error.js';
import type { Ignored, MeasuredRun } from '../input/measured.js';
import { type AnsweredSeries, parseAnswer, seriesRun } from '../input/prometheus-answer.js';

/** What is asked of a Prometheus. */
export interface PrometheusRange {
  /** Unix time in seconds. */
  readonly start: number;
  /** Unix time in seconds, included. */
  readonly end: number;
  /** Seconds between two points. */
  readonly step: number;
  /** PromQL: `http_requests_total`, `rate(process_cpu_seconds_total[15s])`. */
  readonly queries: readonly string[];
  /** Longest wait for one answer. */
  readonly timeoutMs?: number;
}

/** Most points per series that Prometheus answers (web/api/v1/api.go, queryRange, v2.42). */
const POINTS_MAX = 11_000;
const TIMEOUT_MS = 30_000;

/**
 * Asks a running Prometheus for ranges, as `curl .../api/v1/query_range` would; ranges of more than 11,000 points in pieces. Times in the
 * run are counted from `start`.
 *
 * @param baseUrl `http://localhost:9090`, with the path of `--web.route-prefix` where there is one.
 * @throws InputError with the address and what went wrong: nobody there, an error of Prometheus, an answer that is not its.
 */
export async function fetchMeasured(baseUrl: string, range: PrometheusRange): Promise<MeasuredRun> {
  const base = checkedBase(baseUrl);
  checkRange(baseUrl, range);
  const series = new Map<
    string,
    { metric: AnsweredSeries['metric']; values: (readonly [number, string])[] }
  >();
  const ignored: Ignored[] = [];
  for (const query of range.queries) {
    for (const [start, end] of pieces(range)) {
      const url = new URL(`${base}/api/v1/query_range`);
      const parameters = { query, start: String(start), end: String(end), step: String(range.step) };
      url.search = new URLSearchParams(parameters).toString();
      const answer = parseAnswer(
        `${base}: ${query}`,
        await textOf(url, query, range.timeoutMs ?? TIMEOUT_MS),
      );
      ignored.push(...answer.ignored);
      for (const { metric, values } of answer.series) {
        const key = `${query}\u0000${JSON.stringify(Object.entries(metric).sort())}`;
        const known = series.get(key);
        if (known === undefined) series.set(key, { metric: named(metric, query), values: [...values] });
        else known.values.push(...values);
      }
    }
    if (![...series.keys()].some((key) => key.startsWith(`${query}\u0000`))) {
      ignored.push({ what: `the query ${query}: Prometheus has no series for it in this range`, count: 1 });
    }
  }
  const about = { source: baseUrl, format: 'prometheus', label: base.replace(/^https?:\/\//, ''), ignored };
  return seriesRun([...series.values()], { ...about, startMs: range.start * 1000 });
}

/** A series without a name is that of an expression: it is called after it. */
function named(metric: AnsweredSeries['metric'], query: string): AnsweredSeries['metric'] {
  return metric.__name__ === undefined ? { __name__: query, ...metric } : metric;
}

/** Ranges of at most 11,000 points, which lie on one grid of steps and do not overlap. */
function pieces({ start, end, step }: PrometheusRange): (readonly [number, number])[] {
  const points = Math.floor((end - start) / step + 1e-9) + 1;
  const found: (readonly [number, number])[] = [];
  for (let first = 0; first < points; first += POINTS_MAX) {
    const last = Math.min(points, first + POINTS_MAX) - 1;
    found.push([milli(start + first * step), milli(start + last * step)]);
  }
  return found;
}

/** Prometheus keeps times in ms; a sum of binary fractions would be a little beside them. */
function milli(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function checkedBase(baseUrl: string): string {
  try {
    const url = new URL(baseUrl);
    if (url.protocol === 'http:' || url.protocol === 'https:') return baseUrl.replace(/\/+$/, '');
  } catch {
    // Said below, as of any other text that is no address.
  }
  throw refused(baseUrl, JSON.stringify(baseUrl), 'an address like http://localhost:9090');
}

function checkRange(baseUrl: string, { start, end, step, queries }: PrometheusRange): void {
  if (!(step > 0)) throw refused(baseUrl, `a step of ${step} s`, 'more than 0');
  if (!(end >= start)) throw refused(baseUrl, `a range from ${start} to ${end}`, 'an end after the start');
  if (queries.length === 0) throw refused(baseUrl, 'no query', 'at least one');
}

async function textOf(url: URL, query: string, timeoutMs: number): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    throw refused(
      url.origin,
      reasonOf(error, timeoutMs),
      'an answer of Prometheus',
      'does it run there? try /-/ready in a browser',
    );
  }
  // Errors of its own are JSON too, with status 4xx and 5xx: what they say is said by the parser.
  if (response.ok || text.startsWith('{"status"')) return text;
  const got = `${response.status} ${response.statusText} for ${query}`.trim();
  throw refused(url.origin, got, 'an answer of Prometheus', 'is that the address of Prometheus itself?');
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `nothing within ${timeoutMs / 1000} s`;
  return cause?.code ?? message;
}

function refused(file: string, got: string, expected: string, hint?: string): InputError {
  return new InputError([{ file, path: '', got, expected, ...(hint !== undefined && { hint }) }]);
}
