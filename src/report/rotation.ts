import type { InstanceResult, SeriesResult, VariantResult } from '../metrics/result.js';
import { formatClock, formatCount, formatList, formatPercent } from './text.js';

/** A time in which a balancer would not have sent a request to a host. */
interface Exclusion {
  readonly balancer: string;
  readonly host: string;
  /** Seconds of the run. */
  readonly begin: number;
  readonly end: number;
  readonly isFinal: boolean;
}

/** More exclusions than this are summed up. */
const EXCLUSIONS_TOLD = 4;

/** More instances than this are not told one by one. */
const SHARES_TOLD = 8;

/** Over several workers and replications a host counts as left out where less than half of them would send it a request. */
const HALF = 0.5;

/** Shares that differ by less read alike: nobody sees a difference in three digits. */
const ALIKE = 0.0005;

/**
 * How the balancers dealt the requests out: one sentence for each service with several instances behind them. Empty where there is
 * nothing to deal out.
 */
export function shareTexts({ instances, series }: VariantResult): string[] {
  const hosts = new Set(placesOf(series).map((place) => splitPlace(place)[1]));
  const balanced = instances.filter(({ name }) => hosts.has(name));
  const services = [...new Set(balanced.map(({ service }) => service))];
  return services.flatMap((service) => {
    const own = balanced.filter((instance) => instance.service === service);
    return own.length < 2 ? [] : [shareText(service, own)];
  });
}

function shareText(service: string, own: readonly InstanceResult[]): string {
  const shares = own.map(({ share }) => share);
  const least = Math.min(...shares);
  const most = Math.max(...shares);
  const all = `The ${own.length} instances of ${service} get`;
  if (most - least < ALIKE) {
    const mean = shares.reduce((sum, share) => sum + share, 0) / own.length;
    return `${all} ${formatPercent(mean)} of its requests each.`;
  }
  if (own.length > SHARES_TOLD) {
    return `${all} between ${formatPercent(least)} and ${formatPercent(most)} of its requests each.`;
  }
  return `Of the requests to ${service}: ${formatList(own.map(({ name, share }) => `${name} ${formatPercent(share)}`))}.`;
}

/** Whom the balancers left out for a while: one sentence for each balancer that did so. */
export function exclusionTexts(variant: VariantResult): string[] {
  const exclusions = placesOf(variant.series).flatMap((place) => exclusionsOf(variant, place));
  const balancers = [...new Set(exclusions.map(({ balancer }) => balancer))];
  return balancers.map((balancer) => {
    const own = exclusions
      .filter((each) => each.balancer === balancer)
      .sort((a, b) => a.begin - b.begin || (a.host < b.host ? -1 : 1));
    const told = own.slice(0, EXCLUSIONS_TOLD).map(({ host, begin, end, isFinal }) => {
      return `${host} from ${formatClock(begin)} ${isFinal ? 'on' : `to ${formatClock(end)}`}`;
    });
    const rest = own.length - told.length;
    const items = rest === 0 ? told : [...told, `${formatCount(rest)} times more`];
    return `The ${balancer} leaves out ${formatList(items)}.`.replace('The balancer-', 'Balancer-');
  });
}

/** `balancer/api-2`: every host of every balancer. */
function placesOf({ gauges }: SeriesResult): string[] {
  return gauges.filter(({ name }) => name === 'available').map(({ place }) => place);
}

function exclusionsOf({ series }: VariantResult, place: string): Exclusion[] {
  const values =
    series.gauges.find((gauge) => gauge.place === place && gauge.name === 'available')?.values ?? [];
  const [balancer, host] = splitPlace(place);
  const found: Exclusion[] = [];
  let begin: number | undefined;
  let hasBeenIn = false;
  for (let index = 0; index <= values.length; index++) {
    const isIn = index < values.length && (values[index] as number) >= HALF;
    if (isIn) hasBeenIn = true;
    if (hasBeenIn && !isIn && index < values.length) begin ??= index;
    else if (begin !== undefined) {
      found.push({ balancer, host, begin, end: index, isFinal: index === values.length });
      begin = undefined;
    }
  }
  // Gauges are read at the end of an interval, and a balancer notices things a little after the instant they happen.
  return found.map((each) => {
    return { ...each, begin: each.begin * series.intervalSeconds, end: each.end * series.intervalSeconds };
  });
}

function splitPlace(place: string): [balancer: string, host: string] {
  const slash = place.indexOf('/');
  return [place.slice(0, slash), place.slice(slash + 1)];
}
