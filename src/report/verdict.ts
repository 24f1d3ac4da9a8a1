import type { MetricValues, RunResult, VariantResult } from '../metrics/result.js';
import { fullest, limitText, type Phase } from './limit.js';
import { type Outage, outages, troubleText } from './outages.js';
import { exclusionTexts, shareTexts } from './rotation.js';
import { fullResources, meanAt, resources } from './saturation.js';
import { formatCount, formatList, formatMs, formatPercent, threeDigits } from './text.js';

/** What a variant's numbers mean, in a few plain sentences. */
export interface Verdict {
  readonly label: string;
  /** What went wrong, if anything; who was left out when; what saturates; who got how many requests; why p95 is what it is; how far the numbers can be trusted. */
  readonly sentences: readonly string[];
}

/** Requests that fail above this fraction are told apart from the others. */
const FAILURES_NAMED = 0.001;

/** The busiest part of a phase: the intervals with at least this fraction of its peak of users (or of requests). */
const BUSY_FRACTION = 0.9;

/** A tenth of the peak's load: few enough that a request meets hardly any other. */
const QUIET_FRACTION = 0.1;

/** An interval of p95 wider than this, in relation to p95, asks for more replications. */
const WIDE_INTERVAL = 0.1;

/** p95 beyond so many times what a request takes alone is mostly waiting: work alone varies less. */
const WAITING_FACTOR = 4;

/** From here on requests wait noticeably for a resource that is not full: at random arrivals more than twice as long as they work. */
const NEARLY_BUSY = 0.7;

/** After an outage a balancer takes so long to notice (nginx's and HAProxy's defaults are ten seconds and less): that is neither phase. */
const RECOVERY_INTERVALS = 15;

/** A phase shorter than this says nothing of a limit. */
const PHASE_INTERVALS_MIN = 10;

/** The verdict on every variant. */
export function verdicts(result: RunResult): Verdict[] {
  return result.variants.map((variant) => ({ label: variant.label, sentences: verdict(variant) }));
}

/** What went wrong in this variant, whom its balancer left out, what limits it, how the requests were dealt out, why its p95 is what it is, and how far to trust that: plain sentences. */
export function verdict(variant: VariantResult): string[] {
  const load = loadOf(variant);
  if (Math.max(0, ...load) === 0) return ['No request ended: there is nothing to judge.'];
  const down = outages(variant);
  const phases = phasesOf(variant, load, down);
  const trouble = troubleText(variant, down);
  return [
    ...(trouble === undefined ? [] : [trouble]),
    ...exclusionTexts(variant),
    [saturation(phases.intact, down), ...brokenTexts(phases)].join(' '),
    latency(explaining(phases), load),
    ...shareTexts(variant),
    validity(variant),
  ];
}

function loadOf({ series: { vus, httpReqs } }: VariantResult): readonly number[] {
  return Math.max(0, ...vus) > 0 ? vus : httpReqs;
}

/** The run as it was meant to be, and with instances down. */
interface Phases {
  readonly intact: Phase;
  readonly broken: readonly Phase[];
}

/** Every set of instances that were down at a time is a phase of its own, as long as one is left to be the limit. */
function phasesOf(variant: VariantResult, load: readonly number[], down: readonly Outage[]): Phases {
  const all = resources(variant);
  const phase = (when: string, intervals: readonly number[]): Phase => {
    return { variant, all, when, intervals, busy: busyIntervals(load, intervals) };
  };
  const sets = new Map<string, number[]>();
  const intact: number[] = [];
  for (const index of load.keys()) {
    const places = down.filter(({ begin, end }) => begin <= index && index < end).map(({ place }) => place);
    const isRecovering = down.some(({ end }) => end <= index && index < end + RECOVERY_INTERVALS);
    if (places.length === 0 && !isRecovering) intact.push(index);
    const downInstances = variant.instances.filter(({ name }) => places.includes(name));
    if (places.length === 0 || downInstances.length >= variant.instances.length) continue;
    const when = `without ${formatList(places.sort())}`;
    sets.set(when, [...(sets.get(when) ?? []), index]);
  }
  const broken = [...sets].filter(([, intervals]) => intervals.length >= PHASE_INTERVALS_MIN);
  return {
    intact: phase('at the highest load', intact),
    broken: broken.map(([when, intervals]) => phase(when, intervals)),
  };
}

/** The intervals of the highest load among some: there a limit shows if there is one. */
function busyIntervals(load: readonly number[], candidates: readonly number[]): number[] {
  const peak = Math.max(0, ...candidates.map((index) => load[index] as number));
  return candidates.filter((index) => peak > 0 && (load[index] as number) >= BUSY_FRACTION * peak);
}

/** What limits the run as it was meant to be, with every instance up. */
function saturation(intact: Phase, down: readonly Outage[]): string {
  if (down.length === 0) return `${capitalized(limitText(intact) ?? nothingText(intact))}.`;
  const first = down[0] as Outage;
  if (intact.busy.some((index) => index >= first.begin)) {
    return `With ${everythingOf(intact, down)} up, ${limitText(intact) ?? nothingText(intact)}.`;
  }
  return `Before that, ${limitText(intact, 'past') ?? 'nothing was full'}.`;
}

/** Whatever of which some was down. */
function everythingOf({ variant }: Phase, down: readonly Outage[]): string {
  const names = new Set(variant.instances.map(({ name }) => name));
  const instances = down.filter(({ place }) => names.has(place)).length;
  if (instances === down.length) return 'every instance';
  return instances === 0 ? 'every balancer' : 'everything';
}

function nothingText(phase: Phase): string {
  const busiest = fullest(phase);
  if (busiest === undefined) return 'nothing that the model measures saturates';
  return `nothing saturates: at the highest load the fullest is ${busiest.name}, ${formatPercent(busiest.use)} in use`;
}

/** What limits those that are left, where that is something else. */
function brokenTexts({ intact, broken }: Phases): string[] {
  return broken.flatMap((phase) => {
    const limit = limitPlaces(phase);
    if (limit === undefined || limit === limitPlaces(intact)) return [];
    // When it began is the outage's own time.
    const text = (limitText(phase) as string).replace(/ \(from [^)]*\)/, '');
    return [`${capitalized(phase.when)}, ${text}.`];
  });
}

/** The phase whose limit makes the slowest requests; the intact one where none has a limit. */
function explaining({ intact, broken }: Phases): Phase {
  const limited = [intact, ...broken].filter((phase) => limitPlaces(phase) !== undefined);
  return limited.sort((a, b) => flow(b).meanMs - flow(a).meanMs)[0] ?? intact;
}

/** Tells limits apart: the kind and places of what is full first. */
function limitPlaces({ all, busy }: Phase): string | undefined {
  const full = fullResources(all, busy);
  const first = full[0];
  if (first === undefined) return undefined;
  const places = full.filter(({ kind }) => kind === first.kind).map(({ place }) => place);
  return [first.kind, ...places.sort()].join(' ');
}

/** Why p95 is what it is: waiting, by Little's law, against what a request takes when nobody is in the way. */
function latency(phase: Phase, load: readonly number[]): string {
  const { variant, all, busy } = phase;
  const { http_req_duration: every, 'http_req_duration{expected_response:true}': expected } = variant.metrics;
  const failed = variant.metrics.http_req_failed?.rate ?? 0;
  // Failures are often quick, and make the others look so.
  const isOwn = failed >= FAILURES_NAMED && failed < 1 && expected !== undefined;
  const duration = (isOwn ? expected : every) as MetricValues;
  const p95 = duration['p(95)'] ?? 0;
  const subject = `p95${isOwn ? ' of the requests that succeed' : ''} is ${formatMs(p95)}`;
  const lowest = quietMedian(phase, load);
  // What drains after the load ended is slower than anything under it: no low load.
  const alone = lowest !== undefined && lowest <= flow(phase).meanMs ? lowest : undefined;
  const quiet = alone === undefined ? '' : `; at low load it takes ${formatMs(alone)}`;
  if (fullResources(all, busy).length > 0)
    return `${subject} because requests queue: ${flowText(phase)}${quiet}.`;
  return `${subject}: ${workText(phase, { p95, median: duration.med ?? 0, alone })}.`;
}

/** Little's law in a phase's busy intervals: mean requests in the system, requests that leave per second, and their mean time. */
function flow({ variant: { series }, busy }: Phase): { inside: number; rate: number; meanMs: number } {
  const rate = meanAt(series.httpReqs, busy);
  const inside = meanAt(
    series.avg.map((meanMs, index) => ((series.httpReqs[index] ?? 0) * (meanMs ?? 0)) / 1000),
    busy,
  );
  return { inside, rate, meanMs: rate === 0 ? 0 : (inside / rate) * 1000 };
}

function flowText(phase: Phase): string {
  const { inside, rate, meanMs } = flow(phase);
  return `${phase.when}, ${formatCount(inside)} are in the system and ${threeDigits(rate)} leave per second, so one takes ${formatMs(meanMs)} on average`;
}

interface Durations {
  readonly p95: number;
  readonly median: number;
  /** What a request takes at low load, where the run had any. */
  readonly alone: number | undefined;
}

/** Work or waiting, where nothing is full. */
function workText(phase: Phase, { p95, median, alone }: Durations): string {
  const isTail = p95 > WAITING_FACTOR * median;
  const isSlow = alone !== undefined && median > WAITING_FACTOR * alone;
  const busiest = fullest(phase);
  const quiet = alone === undefined ? '' : ` (at low load a request takes ${formatMs(alone)})`;
  if (isSlow || (!isTail && (busiest?.use ?? 0) >= NEARLY_BUSY)) {
    const before = busiest === undefined ? '' : `, most likely for ${busiest.name}`;
    return `much of it is waiting${before}${quiet}`;
  }
  if (isTail) {
    return `the median is ${formatMs(median)}, the tail is queues at bursts and at the busiest moments${quiet}`;
  }
  return `mostly the work itself, with little waiting${quiet}`;
}

/**
 * What a request takes where the load is low, nothing fails and nothing is full: the lower quartile of the medians, for queues
 * drain into the end of a ramp.
 */
function quietMedian({ variant: { series }, all }: Phase, load: readonly number[]): number | undefined {
  const most = QUIET_FRACTION * Math.max(0, ...load);
  const values: number[] = [];
  const quiet: number[] = [];
  for (let index = 0; index < load.length; index++) {
    const median = series.p50[index] ?? undefined;
    const isQuiet = (load[index] as number) <= most && (series.httpReqsFailed[index] ?? 0) === 0;
    if (!isQuiet || median === undefined) continue;
    values.push(median);
    quiet.push(index);
  }
  // A load that is the same all the time has no low part.
  if (quiet.length > 0 && fullResources(all, quiet).length > 0) return undefined;
  return values.sort((a, b) => a - b)[Math.floor(values.length / 4)];
}

function validity(variant: VariantResult): string {
  const dropped = variant.metrics.dropped_iterations?.count ?? 0;
  const droppedText =
    dropped > 0 ? ` ${formatCount(dropped)} iterations could not start for lack of users.` : '';
  const interval = variant.intervals.http_req_duration?.['p(95)'];
  if (interval === undefined) {
    return `One replication: run several to see how far chance moves p95.${droppedText}`;
  }
  const p95 = variant.metrics.http_req_duration?.['p(95)'] ?? 0;
  const half = p95 > 0 ? (interval[1] - p95) / p95 : 0;
  const reach = half > 1 ? 'more than 100 %' : `±${formatPercent(half)}`;
  const more = half > WIDE_INTERVAL ? '; more replications narrow that' : '';
  return `Chance moves p95 by ${reach} (${variant.replications} replications${more}); errors of the model come on top.${droppedText}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
