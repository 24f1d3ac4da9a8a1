/** Below this many ms, locust counts a response time in buckets of so many. */
const BUCKETS = [
  { below: 100, size: 1 },
  { below: 1000, size: 10 },
  { below: 10_000, size: 100 },
  { below: Number.POSITIVE_INFINITY, size: 1000 },
] as const;

/** What locust keeps of the requests of one method and name (locust 2.42, locust/stats.py, StatsEntry). Times in ms. */
export interface LocustEntry {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  /** Sum of all, exact. */
  readonly responseTimeTotal: number;
  /** Exact; 0 without a request. */
  readonly responseTimeMin: number;
  readonly responseTimeMax: number;
  /** How many requests each bucket has, by its rounded response time. */
  readonly responseTimes: ReadonlyMap<number, number>;
  readonly contentLengthTotal: number;
}

/** Everything that locust's reports are made from. */
export interface LocustSummary {
  /** Sorted by name, then by method, as locust sorts them. */
  readonly entries: readonly LocustEntry[];
  /** All together: its method is empty, its name `Aggregated`. */
  readonly total: LocustEntry;
  /** From the start of the test to its last request: what rates are divided by; 0 without a request. */
  readonly seconds: number;
}

/** One request as locust's `request` event tells it. */
export interface LocustRequest {
  readonly method: string;
  readonly name: string;
  readonly responseTimeMs: number;
  readonly contentLength: number;
  readonly failed: boolean;
  /** When it ended, since the start of the test, ns. */
  readonly endNs: number;
}

/** Collects requests as locust does: response times in buckets of two significant digits. */
export class LocustStats {
  private readonly byKey = new Map<string, OpenEntry>();
  private readonly total = openEntry('', 'Aggregated');
  private lastNs = 0;

  add(request: LocustRequest): void {
    const key = `${request.name}\u0000${request.method}`;
    let entry = this.byKey.get(key);
    if (entry === undefined) {
      entry = openEntry(request.method, request.name);
      this.byKey.set(key, entry);
    }
    addTo(entry, request);
    addTo(this.total, request);
    this.lastNs = Math.max(this.lastNs, request.endNs);
  }

  summary(): LocustSummary {
    const keys = [...this.byKey.keys()].sort();
    return {
      entries: keys.map((key) => this.byKey.get(key)!),
      total: this.total,
      seconds: this.lastNs / 1e9,
    };
  }
}

type OpenEntry = { -readonly [Key in keyof LocustEntry]: LocustEntry[Key] } & {
  readonly responseTimes: Map<number, number>;
};

function openEntry(method: string, name: string): OpenEntry {
  return {
    method,
    name,
    requests: 0,
    failures: 0,
    responseTimeTotal: 0,
    responseTimeMin: 0,
    responseTimeMax: 0,
    responseTimes: new Map(),
    contentLengthTotal: 0,
  };
}

function addTo(entry: OpenEntry, { responseTimeMs, contentLength, failed }: LocustRequest): void {
  entry.responseTimeMin =
    entry.requests === 0 ? responseTimeMs : Math.min(entry.responseTimeMin, responseTimeMs);
  entry.responseTimeMax = Math.max(entry.responseTimeMax, responseTimeMs);
  entry.requests += 1;
  if (failed) entry.failures += 1;
  entry.responseTimeTotal += responseTimeMs;
  entry.contentLengthTotal += contentLength;
  const bucket = roundResponseTime(responseTimeMs);
  entry.responseTimes.set(bucket, (entry.responseTimes.get(bucket) ?? 0) + 1);
}

/** 147 becomes 150, 3432 becomes 3400, 58760 becomes 59000; of two that are equally near the even one. */
export function roundResponseTime(ms: number): number {
  const { size } = BUCKETS.find(({ below }) => ms < below)!;
  const whole = ms / size;
  const below = Math.floor(whole);
  return (whole - below === 0.5 ? below + (below % 2) : Math.round(whole)) * size;
}

/** The response time that a share of the requests did not exceed, from the buckets; 0 without requests. */
export function locustPercentile({ responseTimes, requests }: LocustEntry, ratio: number): number {
  const wanted = Math.trunc(requests * ratio);
  let processed = 0;
  for (const bucket of [...responseTimes.keys()].sort((left, right) => right - left)) {
    processed += responseTimes.get(bucket)!;
    if (requests - processed <= wanted) return bucket;
  }
  return 0;
}

/** From the buckets, but never beyond the exact extremes. */
export function locustMedian({
  responseTimes,
  requests,
  responseTimeMin,
  responseTimeMax,
}: LocustEntry): number {
  if (requests === 0) return 0;
  let position = (requests - 1) / 2;
  let median = 0;
  for (const bucket of [...responseTimes.keys()].sort((left, right) => left - right)) {
    median = bucket;
    const count = responseTimes.get(bucket)!;
    if (position < count) break;
    position -= count;
  }
  return Math.min(Math.max(median, responseTimeMin), responseTimeMax);
}
