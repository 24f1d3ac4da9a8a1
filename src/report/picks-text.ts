import type { PicksResult, TimelineResult } from '../metrics/picks.js';
import type { TextTable } from './table.js';
import { formatPercent } from './text.js';

/** Stands for a request that no host took. */
const NOBODY = '-';

/** A period up to this long is a line of its own. */
const PERIOD_MAX = 40;

/** The sequence, wrapped at `width`: where the weights make a period that fits, a line is one or more whole periods. */
export function picksLines({ picks, hosts }: PicksResult, width: number): string[] {
  const names = picks.map((pick) => pick ?? NOBODY);
  const longest = Math.max(...names.map((name) => name.length));
  const fitting = Math.max(1, Math.floor((width + 1) / (longest + 1)));
  const period = periodOf(hosts.map(({ weight }) => weight));
  const perLine =
    period <= Math.min(fitting, PERIOD_MAX)
      ? period * Math.floor(Math.min(fitting, PERIOD_MAX) / period)
      : fitting;
  const lines: string[] = [];
  for (let start = 0; start < names.length; start += perLine) {
    lines.push(names.slice(start, start + perLine).join(' '));
  }
  return lines;
}

/** Picks after which a weighted sequence begins anew. */
function periodOf(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const divisor = weights.reduce(greatestDivisor, 0);
  return divisor === 0 ? 1 : total / divisor;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** One line per key: the host that took it. */
export function keyLines({ picks, keys = [] }: PicksResult): string[] {
  const shown = keys.map((key) => (key === '' ? '(empty)' : key));
  const width = Math.max(...shown.map((key) => key.length));
  return shown.map((key, index) => `${key.padEnd(width)}  ${picks[index] ?? NOBODY}`);
}

/** One row per host: its weight, what it got, and what its weight is worth. */
export function picksTable({ hosts, picks }: PicksResult): TextTable {
  const rows = hosts.map(({ name, weight, picks: count, share, fair }) => [
    name,
    String(weight),
    String(count),
    formatPercent(share),
    formatPercent(fair),
    formatPoints(share - fair),
  ]);
  const nobody = picks.filter((pick) => pick === null).length;
  if (nobody > 0) rows.push(['no host', '', String(nobody), formatPercent(nobody / picks.length), '', '']);
  return {
    head: ['host', 'weight', 'picks', 'share', 'fair', 'deviation'],
    rows: rows.map((row) => row.map((text) => ({ lines: [text], mood: 'plain' as const }))),
  };
}

/** Percentage points with a sign: `+1.2`, `-0.4`, `0`. */
function formatPoints(difference: number): string {
  const points = (difference * 100).toFixed(1);
  if (Number(points) === 0) return '0';
  return difference > 0 ? `+${points}` : points;
}

/** What a program reads: shares as fractions, hosts by name. */
export function picksJson(result: PicksResult): Record<string, unknown> {
  const { product, algorithm, seed, mode, hosts, picks, keys } = result;
  const byName = <Value>(value: (host: (typeof hosts)[number]) => Value) =>
    Object.fromEntries(hosts.map((host) => [host.name, value(host)]));
  return {
    product,
    algorithm,
    seed,
    held: mode === 'held',
    ...(keys === undefined ? {} : { keys }),
    picks,
    share: byName(({ share }) => share),
    fair: byName(({ fair }) => fair),
    deviation: byName(({ share, fair }) => share - fair),
    weights: byName(({ weight }) => weight),
    hosts: byName(({ address }) => address),
  };
}

/** One row per request: when it was sent, where it was tried, what came of it. */
export function timelineTable({ requests }: TimelineResult): TextTable {
  return {
    head: ['request', 'at', 'tries', 'status', 'ended'],
    rows: requests.map(({ name, at, tries, status, failure, ended }) =>
      [name, secondsText(at), tries.join(' ') || NOBODY, failure ?? String(status), secondsText(ended)].map(
        (text, column) => ({ lines: [text], mood: column === 3 && status >= 400 ? 'bad' : 'plain' }),
      ),
    ),
  };
}

/** `1.25 s`; as many digits as there are. */
function secondsText(seconds: number): string {
  return `${Number(seconds.toFixed(6))} s`;
}

/** What a program reads of a timeline. */
export function timelineJson({ requests, ...rest }: TimelineResult): Record<string, unknown> {
  return {
    ...rest,
    requests: requests.map(({ failure, ...request }) => ({
      ...request,
      ...(failure === undefined ? {} : { failure }),
    })),
  };
}
