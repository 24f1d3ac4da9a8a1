import type { MetricValues, RunResult, VariantResult } from '../metrics/result.js';
import { fullResources, fullSince, gaugeValues, meanAt, type Resource, resources } from './saturation.js';
import {
  formatClock,
  formatCount,
  formatMs,
  formatPercent,
  formatRateWithInterval,
  threeDigits,
} from './text.js';

/** What a variant's numbers mean, in up to three plain sentences. */
export interface Verdict {
  readonly label: string;
  /** What saturates; why p95 is what it is; how far the numbers can be trusted. */
  readonly sentences: readonly string[];
}

/** Requests that fail above this fraction are worth a sentence of their own in the explanation. */
const FAILURES_NAMED = 0.001;

/** The busiest part of a run: the intervals with at least this fraction of the peak of users (or of requests). */
const BUSY_FRACTION = 0.9;

/** An interval of p95 wider than this, in relation to p95, asks for more replications. */
const WIDE_INTERVAL = 0.1;

/** The verdict on every variant. */
export function verdicts(result: RunResult): Verdict[] {
  return result.variants.map((variant) => ({ label: variant.label, sentences: verdict(variant) }));
}

/** What limits this variant, why its p95 is what it is, and how far to trust that: plain sentences. */
export function verdict(variant: VariantResult): string[] {
  const busy = busyIntervals(variant);
  if (busy.length === 0) return ['No request ended: there is nothing to judge.'];
  const all = resources(variant);
  const full = fullResources(all, busy);
  const limits = `${saturation(variant, all, full, busy)}${downText(variant)}`;
  return [limits, latency(variant, full, busy), validity(variant, full)];
}

/** The intervals of the highest load: there a limit shows if there is one. */
function busyIntervals(variant: VariantResult): number[] {
  const { vus, httpReqs } = variant.series;
  const load = Math.max(0, ...vus) > 0 ? vus : httpReqs;
  const peak = Math.max(0, ...load);
  const busy: number[] = [];
  for (let index = 0; index < load.length; index++) {
    if (peak > 0 && (load[index] as number) >= BUSY_FRACTION * peak) busy.push(index);
  }
  return busy;
}

function saturation(
  variant: VariantResult,
  all: readonly Resource[],
  full: readonly Resource[],
  busy: readonly number[],
): string {
  const first = full[0];
  if (first === undefined) return nothingSaturates(all, busy);
  const alike = full.filter((resource) => resource.kind === first.kind);
  const begin = Math.min(...alike.map((resource) => fullSince(resource) ?? Number.POSITIVE_INFINITY));
  const places = [...new Set(alike.map((resource) => resource.place))].sort();
  return `${capitalized(limitText(variant, first, places, busy))}${sinceText(variant, begin)}${symptomText(full, first)}.`;
}

function nothingSaturates(all: readonly Resource[], busy: readonly number[]): string {
  const busiest = [...all]
    .filter((resource) => resource.kind !== 'memory')
    .sort((a, b) => meanAt(b.utilization, busy) - meanAt(a.utilization, busy))[0];
  if (busiest === undefined) return 'Nothing that the model measures saturates.';
  const used = formatPercent(meanAt(busiest.utilization, busy));
  return `Nothing saturates: at the highest load the fullest is ${nameOf(busiest)}, ${used} in use.`;
}

/** Which instances were down after they had been up (killed, crashed, restarted), and for how long. */
function downText(variant: VariantResult): string {
  const down = variant.instances.flatMap(({ name }) => {
    const up = gaugeValues(variant.series, name, 'up') ?? [];
    const begin = up.findIndex((value) => value > 0);
    if (begin === -1) return [];
    const missing =
      up.slice(begin).reduce((sum, value) => sum + 1 - value, 0) * variant.series.intervalSeconds;
    return missing >= 1 ? [`${name} for ${formatClock(missing)}`] : [];
  });
  return down.length === 0 ? '' : ` Down meanwhile: ${formatList(down)}.`;
}

/** What each kind of resource is called where it is not the limit. */
function nameOf(resource: Resource): string {
  const { place } = resource;
  const names: Record<Resource['kind'], string> = {
    'host-cores': `the CPU of ${place}`,
    'cpu-quota': `the CPU quota of ${place}`,
    'process-core': `the CPU core of ${place}`,
    'database-connections': `the connections of ${place}`,
    'connection-pool': `the connection pool ${place}`,
    threads: `the thread pool of ${place}`,
    memory: `the memory of ${place}`,
  };
  return names[resource.kind];
}

/** The limit in words; its numbers are those of the fullest of the places. */
function limitText(
  variant: VariantResult,
  resource: Resource,
  places: readonly string[],
  busy: readonly number[],
): string {
  const { series } = variant;
  const at = (name: string) => meanAt(gaugeValues(series, resource.place, name) ?? [], busy);
  const number = (name: string) => formatCount(at(name));
  const waiting = resource.waiting === undefined ? 0 : meanAt(resource.waiting, busy);
  const queue = waiting >= 1 ? `, with ${formatCount(waiting)} waiting` : '';
  const each = places.length > 1 ? ' in each' : '';
  const limit = (singular: string, plural: string) => {
    const what = places.length > 1 ? plural : singular;
    return `the ${what} of ${formatPlaces(places)} ${what.endsWith('s') ? 'are' : 'is'} the limit`;
  };
  switch (resource.kind) {
    case 'host-cores':
      return `${limit('CPU', 'CPUs')}: ${threeDigits(at('cpu_busy_seconds'))} of ${at('cores_max')} cores are busy${each}`;
    case 'cpu-quota': {
      const frozen = formatPercent(at('throttled_seconds'));
      return `${limit('CPU quota', 'CPU quotas')}: ${threeDigits(at('cpu_seconds'))} cores used${each}, frozen ${frozen} of the time`;
    }
    case 'process-core':
      return `${limit('CPU', 'CPUs')}: ${threeDigits(at('cpu_seconds'))} cores used${each}, all that its processes can`;
    case 'database-connections':
      return `${limit('connections', 'connections')}: ${number('connections')} of ${number('connections_max')} open${each}`;
    case 'connection-pool':
      return `${limit('connection pool', 'connection pools')}: ${number('pool_in_use')} of ${number('pool_max')} in use${each}${queue}`;
    case 'threads':
      return `${limit('threads', 'threads')}: ${number('threads_busy')} of ${number('threads_max')} busy${each}${queue}, while the CPU is not`;
    case 'memory':
      return `${limit('memory', 'memory')}: ${formatPercent(meanAt(resource.utilization, busy))} in use${each}`;
  }
}

function sinceText(variant: VariantResult, begin: number): string {
  if (!Number.isFinite(begin)) return '';
  const users = Math.round(variant.series.vus[begin] ?? 0);
  const clock = formatClock(begin * variant.series.intervalSeconds);
  return users > 0 ? ` (from ${clock} on, ${formatCount(users)} users)` : ` (from ${clock} on)`;
}

/** What else is full, and only because of the limit. */
function symptomText(full: readonly Resource[], first: Resource): string {
  const symptoms = full.filter((resource) => resource.kind !== first.kind);
  if (symptoms.length === 0) return '';
  const kinds = [...new Set(symptoms.map((resource) => resource.kind))];
  const names = kinds.map((kind) => SYMPTOMS[kind]);
  return `; ${formatList(names)} fill up behind it`;
}

const SYMPTOMS: Readonly<Record<Resource['kind'], string>> = {
  'host-cores': 'the host',
  'cpu-quota': 'CPU quotas',
  'process-core': 'processes',
  'database-connections': 'database connections',
  'connection-pool': 'connection pools',
  threads: 'thread pools',
  memory: 'memory',
};

/** Why p95 is what it is: waiting, by Little's law, against what a request takes when nobody is in the way. */
function latency(variant: VariantResult, full: readonly Resource[], busy: readonly number[]): string {
  const duration = variant.metrics.http_req_duration as MetricValues;
  const { series } = variant;
  const p95 = formatMs(duration['p(95)']);
  const unloaded = quietMedian(variant);
  const rate = meanAt(series.httpReqs, busy);
  const inside =
    rate *
    (meanAt(
      series.avg.map((value) => value ?? 0),
      busy,
    ) /
      1000);
  const failures = failureText(variant);
  const quiet = unloaded === undefined ? '' : ` (a request alone takes ${formatMs(unloaded)})`;
  if (full.length > 0) {
    const flow = `${formatCount(inside)} requests in the system leave at ${formatRateWithInterval(rate, undefined)} per second`;
    return `p95 is ${p95} because requests queue: at the highest load ${flow}${quiet}${failures}.`;
  }
  const tail = (duration['p(95)'] ?? 0) / Math.max(duration.med ?? 0, Number.MIN_VALUE);
  const why =
    tail > 4
      ? 'the tail is short queues at bursts and at the busiest moments'
      : 'mostly the work itself, with little waiting';
  return `p95 is ${p95}: ${why}${quiet}${failures}.`;
}

/** The median where the load was lowest, of the first intervals that have requests: what a request takes alone. */
function quietMedian(variant: VariantResult): number | undefined {
  const { p50 } = variant.series;
  const values = p50.filter((value) => value !== null).sort((a, b) => a - b);
  return values[Math.floor(values.length * 0.05)];
}

function failureText(variant: VariantResult): string {
  const failed = variant.metrics.http_req_failed?.rate ?? 0;
  if (failed < FAILURES_NAMED) return '';
  const good = variant.metrics['http_req_duration{expected_response:true}']?.['p(95)'];
  const own = good === undefined || failed === 1 ? '' : `, and the p95 of the others is ${formatMs(good)}`;
  return `; ${formatPercent(failed)} of the requests fail${own}`;
}

function validity(variant: VariantResult, full: readonly Resource[]): string {
  const dropped = variant.metrics.dropped_iterations?.count ?? 0;
  const droppedText =
    dropped > 0 ? ` ${formatCount(dropped)} iterations could not start for lack of users.` : '';
  const past =
    full.length > 0 ? ' Beyond the limit, latency follows from the number of users and the throughput.' : '';
  const interval = variant.intervals.http_req_duration?.['p(95)'];
  if (interval === undefined) {
    return `One replication: no interval can be given, run several to see how far chance reaches.${past}${droppedText}`;
  }
  const p95 = variant.metrics.http_req_duration?.['p(95)'] ?? 0;
  const half = p95 > 0 ? (interval[1] - p95) / p95 : 0;
  const more = half > WIDE_INTERVAL ? ' (more replications narrow it)' : '';
  const chance = `Over ${variant.replications} replications chance moves p95 by ±${formatPercent(half)} (95 %)${more}`;
  return `${chance}; how well the model's own values are known comes on top.${past}${droppedText}`;
}

function formatPlaces(places: readonly string[]): string {
  return places.length > 4 ? `${places[0]} and ${places.length - 1} more` : formatList(places);
}

function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
