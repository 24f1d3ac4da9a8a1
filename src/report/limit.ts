import type { VariantResult } from '../metrics/result.js';
import {
  alike,
  fullResources,
  fullSince,
  gaugeValues,
  meanAt,
  type Resource,
  type ResourceKind,
} from './saturation.js';
import { formatClock, formatCount, formatList, formatPercent, formatUsers, threeDigits } from './text.js';

/** A part of a run that is judged by itself. */
export interface Phase {
  readonly variant: VariantResult;
  readonly all: readonly Resource[];
  /** `without api-2`, `at the highest load`. */
  readonly when: string;
  /** Its intervals, ascending. */
  readonly intervals: readonly number[];
  /** The intervals of its highest load. */
  readonly busy: readonly number[];
}

/** Whether it is told as what happened before something else did. */
export type Tense = 'present' | 'past';

/** What limits a phase: `the CPU quota of api-1 is the limit: ...`, with what is full beside it; `undefined` where nothing is full. */
export function limitText(phase: Phase, tense: Tense = 'present'): string | undefined {
  const { variant, all, busy } = phase;
  const full = fullResources(all, busy);
  const first = full[0];
  if (first === undefined) return undefined;
  const equals = alike(all, first, busy);
  const begin = Math.min(
    ...equals.map((resource) => fullSince(resource, phase.intervals) ?? Number.POSITIVE_INFINITY),
  );
  const others = full.filter((resource) => resource.kind !== first.kind);
  return `${nameOf(first.kind, placesOf(equals))} ${verbOf(first, equals, tense)} the limit: ${numbersText(phase, first.kind, equals)}${sinceText(variant, begin)}${othersText(others, tense)}`;
}

/** What is fullest where nothing is full: a name and the fraction in use; `undefined` where the model measures nothing. */
export function fullest({ all, busy }: Phase): { readonly name: string; readonly use: number } | undefined {
  const busiest = [...all]
    .filter((resource) => resource.kind !== 'memory')
    .sort((a, b) => meanAt(b.utilization, busy) - meanAt(a.utilization, busy))[0];
  return busiest && { name: nameOf(busiest.kind, [busiest.place]), use: meanAt(busiest.utilization, busy) };
}

/** Each kind of resource, of one place and of several. */
const NAMES: Readonly<Record<ResourceKind, readonly [string, string]>> = {
  'host-cores': ['the CPU of', 'the CPUs of'],
  'cpu-quota': ['the CPU quota of', 'the CPU quotas of'],
  'process-core': ['the CPU core of', 'the CPU cores of'],
  'database-connections': ['the connections of', 'the connections of'],
  'connection-pool': ['the connection pool', 'the connection pools'],
  threads: ['the threads of', 'the threads of'],
  memory: ['the memory of', 'the memory of'],
};

/** Kinds whose name is a plural even of one place. */
const PLURAL: readonly ResourceKind[] = ['database-connections', 'threads'];

/** More places than this are counted. */
const PLACES_NAMED = 4;

function nameOf(kind: ResourceKind, places: readonly string[]): string {
  const named =
    places.length > PLACES_NAMED ? `${places[0]} and ${places.length - 1} more` : formatList(places);
  return `${NAMES[kind][places.length > 1 ? 1 : 0]} ${named}`;
}

function placesOf(equals: readonly Resource[]): string[] {
  return equals.map(({ place }) => place).sort();
}

function verbOf({ kind }: Resource, equals: readonly Resource[], tense: Tense): string {
  const isPlural = equals.length > 1 || PLURAL.includes(kind);
  if (tense === 'past') return isPlural ? 'were' : 'was';
  return isPlural ? 'are' : 'is';
}

/** Its numbers; where they belong to several places, those of each. */
function numbersText(phase: Phase, kind: ResourceKind, equals: readonly Resource[]): string {
  return `${equals.length > 1 ? 'in each ' : ''}${measuresText(phase, kind, equals)}`;
}

function measuresText({ variant, busy }: Phase, kind: ResourceKind, equals: readonly Resource[]): string {
  const mean = (name: string) =>
    equals.map(({ place }) => meanAt(gaugeValues(variant.series, place, name) ?? [], busy));
  const count = (name: string) => span(mean(name), formatCount);
  const cores = (name: string) => span(mean(name), twoDigits);
  const waiting = equals.map((resource) => meanAt(resource.waiting ?? [], busy));
  const queue = Math.max(...waiting) >= 1 ? `, ${span(waiting, formatCount)} waiting` : '';
  switch (kind) {
    case 'host-cores': {
      const most = span(mean('cores_max'), threeDigits);
      return `${cores('cpu_busy_seconds')} of ${coresText(most)} busy`;
    }
    case 'cpu-quota':
      return `${coresText(cores('cpu_seconds'))} used, frozen ${span(mean('throttled_seconds'), wholePercent)} of the time`;
    case 'process-core':
      return `${coresText(cores('cpu_seconds'))} used, all that its processes can`;
    case 'database-connections':
      return `${count('connections')} of ${count('connections_max')} open`;
    case 'connection-pool':
      return `${count('pool_in_use')} of ${count('pool_max')} in use${queue}`;
    case 'threads':
      return `${count('threads_busy')} of ${count('threads_max')} busy${queue}`;
    case 'memory':
      return `${span(
        equals.map(({ utilization }) => meanAt(utilization, busy)),
        formatPercent,
      )} in use`;
  }
}

/** `0.3`, or `0.15 to 0.3` where the places differ. */
function span(values: readonly number[], format: (value: number) => string): string {
  const low = format(Math.min(...values));
  const high = format(Math.max(...values));
  return low === high ? low : `${low} to ${high}`;
}

/** `0.43`: cores are told apart by hundredths. */
function twoDigits(value: number): string {
  return threeDigits(Number(value.toFixed(2)));
}

function coresText(count: string): string {
  return `${count} ${count === '1' ? 'core' : 'cores'}`;
}

function wholePercent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

function sinceText(variant: VariantResult, begin: number): string {
  if (!Number.isFinite(begin)) return '';
  const users = Math.round(variant.series.vus[begin] ?? 0);
  const clock = formatClock(begin * variant.series.intervalSeconds);
  return users > 0 ? ` (from ${clock} on, ${formatUsers(users)})` : ` (from ${clock} on)`;
}

/** Kinds that work: they are full because of what they do themselves, not because something behind them is. */
const WORKING: readonly ResourceKind[] = ['host-cores', 'cpu-quota', 'process-core'];

/** What else is full: work that comes next, and what only waits for the limit. */
function othersText(others: readonly Resource[], tense: Tense): string {
  const kindsOf = (isWorking: boolean) =>
    [...new Set(others.map(({ kind }) => kind))].filter((kind) => WORKING.includes(kind) === isWorking);
  const working = kindsOf(true).map((kind) => {
    const places = others.filter((resource) => resource.kind === kind).map(({ place }) => place);
    return nameOf(kind, places.sort());
  });
  const waiting = kindsOf(false).map((kind) => SYMPTOMS[kind]);
  const next = working.length === 0 ? '' : `; nearly full as well: ${formatList(working)}`;
  return waiting.length === 0
    ? next
    : `${next}; ${formatList(waiting)} ${tense === 'past' ? 'filled' : 'fill'} up behind`;
}

const SYMPTOMS: Readonly<Record<ResourceKind, string>> = {
  'host-cores': 'hosts',
  'cpu-quota': 'CPU quotas',
  'process-core': 'processes',
  'database-connections': 'database connections',
  'connection-pool': 'connection pools',
  threads: 'thread pools',
  memory: 'memory',
};
