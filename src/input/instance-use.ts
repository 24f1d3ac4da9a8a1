import type { MeasuredSeries, TimedValue } from './measured.js';

/** What one instance did during a real run, by its own counters. */
export interface InstanceUse {
  /** Prometheus' `instance`: `127.0.0.1:8001`. */
  readonly instance: string;
  readonly requests: number;
  readonly cpuSeconds: number;
  /** `undefined` without requests. */
  readonly cpuPerRequestMs: number | undefined;
}

/** The counters, as Prometheus answered, and which of their series count. */
export interface InstanceCounters {
  /** `http_requests_total` */
  readonly requests: readonly MeasuredSeries[];
  /** `process_cpu_seconds_total` */
  readonly cpu: readonly MeasuredSeries[];
  /** Labels that a series must have, as far as it has them: `{ job: 'api-instances' }` leaves out what was scraped through a balancer. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Requests, CPU and CPU per request of every instance, sorted by instance. All handlers count that `labels` lets through, the
 * scrapes themselves too; a counter's increase is that between its first and last scrape, up to one scrape interval less than the run's.
 */
export function instanceUse(counters: InstanceCounters): InstanceUse[] {
  const requests = increases(counters.requests, counters.labels);
  const cpu = increases(counters.cpu, counters.labels);
  const instances = [...new Set([...requests.keys(), ...cpu.keys()])].sort();
  return instances.map((instance) => {
    const count = requests.get(instance) ?? 0;
    const cpuSeconds = cpu.get(instance) ?? 0;
    return {
      instance,
      requests: count,
      cpuSeconds,
      cpuPerRequestMs: count === 0 ? undefined : (cpuSeconds / count) * 1000,
    };
  });
}

/** How much a counter grew; a fall is a restart, after which it counts from 0 (Prometheus' rule for `increase`, without extrapolation). */
export function counterIncrease(points: readonly TimedValue[]): number {
  let increase = 0;
  for (let index = 1; index < points.length; index++) {
    const before = points[index - 1]!.value;
    const after = points[index]!.value;
    increase += after >= before ? after - before : after;
  }
  return increase;
}

function increases(
  series: readonly MeasuredSeries[],
  wanted: Readonly<Record<string, string>>,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, points } of series) {
    const differs = Object.entries(wanted).some(([name, value]) => (labels[name] ?? value) !== value);
    if (differs) continue;
    const instance = labels.instance ?? '';
    sums.set(instance, (sums.get(instance) ?? 0) + counterIncrease(points));
  }
  return sums;
}
