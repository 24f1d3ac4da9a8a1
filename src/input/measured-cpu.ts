import type { MeasuredRun, MeasuredSeries } from './measured.js';

/** What the instances together did between two scrapes. */
export interface CpuShare {
  /** Seconds since the start of the run. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** CPU of all instances, s. */
  readonly cpuSeconds: number;
  /** Requests they answered, scrapes and health checks not counted. */
  readonly requests: number;
}

const CPU = 'process_cpu_seconds_total';
const REQUESTS = 'http_requests_total';
/** Not part of the load: their CPU is background. */
const OWN_HANDLERS = ['/metrics', '/health'];

/**
 * CPU and requests per scrape, by `process_cpu_seconds_total` and `http_requests_total`, of one job: that with the most targets (a
 * job that scrapes through a balancer sees one instance or another). Empty where either series is missing.
 *
 * Limits: a counter that falls (an instance that restarted) gives no share there.
 */
export function cpuShares(runs: readonly MeasuredRun[]): CpuShare[] {
  const series = runs.flatMap((run) => run.series);
  const job = mainJob(series.filter(({ metric }) => metric === CPU));
  const ofJob = series.filter(({ labels }) => (labels.job ?? '') === job);
  const cpu = ofJob.filter(({ metric }) => metric === CPU);
  const requests = ofJob.filter(
    ({ metric, labels }) => metric === REQUESTS && !OWN_HANDLERS.includes(labels.handler ?? ''),
  );
  if (cpu.length === 0 || requests.length === 0) return [];
  const times = [...new Set(cpu.flatMap(({ points }) => points.map(({ atSeconds }) => atSeconds)))].sort(
    (a, b) => a - b,
  );
  return times.slice(1).flatMap((endSeconds, index) => {
    const startSeconds = times[index]!;
    const cpuSeconds = increase(cpu, startSeconds, endSeconds);
    const count = increase(requests, startSeconds, endSeconds);
    if (cpuSeconds === undefined || count === undefined) return [];
    return [{ startSeconds, endSeconds, cpuSeconds, requests: count }];
  });
}

function mainJob(cpu: readonly MeasuredSeries[]): string {
  const counts = new Map<string, number>();
  for (const { labels } of cpu) counts.set(labels.job ?? '', (counts.get(labels.job ?? '') ?? 0) + 1);
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}

/** Sum over the series; one that begins later counts from 0; `undefined` where one fell. */
function increase(series: readonly MeasuredSeries[], from: number, to: number): number | undefined {
  let sum = 0;
  for (const { points } of series) {
    const after = points.find(({ atSeconds }) => atSeconds === to)?.value;
    const before = points.find(({ atSeconds }) => atSeconds === from)?.value;
    if (after === undefined) continue;
    if (after < (before ?? 0)) return undefined;
    sum += after - (before ?? 0);
  }
  return sum;
}
