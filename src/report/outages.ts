import type { VariantResult } from '../metrics/result.js';
import { gaugeValues } from './saturation.js';
import { formatBytes, formatClock, formatCount, formatPercent, formatUsers } from './text.js';

/** A time in which an instance or a balancer that had been up was down. */
export interface Outage {
  readonly place: string;
  /** Intervals, the first one included, the last one not. */
  readonly begin: number;
  readonly end: number;
  readonly cause: 'out of memory' | 'unknown';
  /** The run ended before it was up again. */
  readonly isFinal: boolean;
}

/** Over several replications an instance counts as down where it is so in more than half of them. */
const HALF = 0.5;

/** Replications crash at slightly different times: what is counted so many intervals around the middle one belongs to it. */
const SMEAR_INTERVALS = 5;

/** A process this near to its limit when it vanishes was killed for it, where no counter tells. */
const NEAR_MEMORY_LIMIT = 0.9;

/** Failures are worth the first sentence above this fraction; the table marks them as well. */
const FAILURES_FIRST = 0.01;

/** More outages than this are summed up. */
const OUTAGES_TOLD = 3;

/** When instances or balancers were down after they had been up (killed, crashed, stopped), in order of time. */
export function outages(variant: VariantResult): Outage[] {
  return variant.series.gauges
    .filter(({ name }) => name === 'up')
    .flatMap(({ place }) => outagesOf(variant, place))
    .sort((a, b) => a.begin - b.begin || (a.place < b.place ? -1 : 1));
}

function outagesOf(variant: VariantResult, place: string): Outage[] {
  const up = gaugeValues(variant.series, place, 'up') ?? [];
  const found: Outage[] = [];
  let begin: number | undefined;
  let hasBeenUp = false;
  for (let index = 0; index <= up.length; index++) {
    const isUp = index < up.length && (up[index] as number) > HALF;
    if (isUp) hasBeenUp = true;
    if (hasBeenUp && !isUp && index < up.length) begin ??= index;
    else if (begin !== undefined) {
      const cause = causeOf(variant, place, begin);
      found.push({ place, begin, end: index, cause, isFinal: index === up.length });
      begin = undefined;
    }
  }
  return found;
}

function causeOf(variant: VariantResult, place: string, begin: number): Outage['cause'] {
  const values = (name: string) => gaugeValues(variant.series, place, name);
  const killed = values('out_of_memory_total');
  const from = Math.max(0, begin - SMEAR_INTERVALS);
  if (killed !== undefined) {
    const perSecond = killed.slice(from, begin + SMEAR_INTERVALS).reduce((sum, value) => sum + value, 0);
    return perSecond * variant.series.intervalSeconds > HALF ? 'out of memory' : 'unknown';
  }
  const most = values('memory_bytes_max')?.[begin] ?? Number.POSITIVE_INFINITY;
  const highest = Math.max(0, ...(values('memory_bytes') ?? []).slice(from, begin + 1));
  return highest >= NEAR_MEMORY_LIMIT * most ? 'out of memory' : 'unknown';
}

/**
 * What a reader must know first: which instances went down, when, why and for how long, and how many requests failed. `undefined`
 * where nothing was down and hardly anything failed.
 */
export function troubleText(variant: VariantResult, down: readonly Outage[]): string | undefined {
  const failed = variant.metrics.http_req_failed?.rate ?? 0;
  if (down.length === 0 && failed < FAILURES_FIRST) return undefined;
  const failing = `${formatPercent(failed)} of the requests fail`;
  if (down.length === 0) return `${failing}${failuresSince(variant)}.`;
  const told = down.slice(0, OUTAGES_TOLD).map((outage) => outageText(variant, outage));
  const rest = down.slice(OUTAGES_TOLD);
  const names = new Set(variant.instances.map(({ name }) => name));
  const what = rest.every(({ place }) => names.has(place)) ? 'an instance' : 'an instance or a balancer';
  const items =
    rest.length === 0 ? told : [...told, `${formatCount(rest.length)} more times ${what} was down`];
  const effect = failed === 0 ? 'no request fails' : failing;
  return `${items.join('; ')}: ${effect}.`;
}

function outageText(variant: VariantResult, { place, begin, end, cause, isFinal }: Outage): string {
  const { vus, intervalSeconds } = variant.series;
  const users = Math.round(vus[begin] ?? 0);
  const limit = gaugeValues(variant.series, place, 'memory_bytes_max')?.[begin];
  const what =
    cause === 'unknown'
      ? 'went down'
      : `ran out of memory${limit === undefined ? '' : ` (limit ${formatLimit(limit)})`}`;
  const load = users > 0 ? `, at ${formatUsers(users)},` : '';
  const length = isFinal ? 'and stayed down' : `for ${formatClock((end - begin) * intervalSeconds)}`;
  // Gauges are read at the end of an interval.
  return `${place} ${what} at ${formatClock((begin + 1) * intervalSeconds)}${load} ${length}`;
}

/** Limits are written in powers of two (`128m`). */
function formatLimit(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return Number.isInteger(mebibytes) ? `${formatCount(mebibytes)} MiB` : formatBytes(bytes);
}

/** From when on a relevant part of the requests failed. */
function failuresSince({ series }: VariantResult): string {
  const first = series.httpReqs.findIndex(
    (count, index) => count > 0 && (series.httpReqsFailed[index] ?? 0) / count >= FAILURES_FIRST,
  );
  if (first < 1) return '';
  const users = Math.round(series.vus[first] ?? 0);
  const load = users > 0 ? `, ${formatUsers(users)}` : '';
  return ` (from ${formatClock(first * series.intervalSeconds)} on${load})`;
}
