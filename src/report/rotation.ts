import type { VariantResult } from '../metrics/result.js';
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

/** How the balancers dealt the requests out, and whom they left out for a while. Empty where there is nothing to deal out. */
export function rotationTexts(variant: VariantResult): string[] {
  const hosts = variant.series.gauges.filter(({ name }) => name === 'available').map(({ place }) => place);
  const names = new Set(hosts.map((place) => place.slice(place.indexOf('/') + 1)));
  return [
    ...shareTexts(variant, names),
    ...exclusionTexts(hosts.flatMap((place) => exclusionsOf(variant, place))),
  ];
}

/** One sentence for each service with several instances behind a balancer. */
function shareTexts({ instances }: VariantResult, hosts: ReadonlySet<string>): string[] {
  const balanced = instances.filter(({ name }) => hosts.has(name));
  const services = [...new Set(balanced.map(({ service }) => service))];
  return services.flatMap((service) => {
    const own = balanced.filter((instance) => instance.service === service);
    if (own.length < 2) return [];
    const shares = own.map(({ share }) => share);
    const least = Math.min(...shares);
    const most = Math.max(...shares);
    const each = formatPercent(shares.reduce((sum, share) => sum + share, 0) / own.length);
    if (most - least < ALIKE)
      return [`The ${own.length} instances of ${service} get ${each} of its requests each.`];
    if (own.length > SHARES_TOLD) {
      const range = `between ${formatPercent(least)} and ${formatPercent(most)}`;
      return [`The ${own.length} instances of ${service} get ${range} of its requests each.`];
    }
    const parts = own.map(({ name, share }) => `${name} ${formatPercent(share)}`);
    return [`Of the requests to ${service}, ${formatList(parts)}.`.replace(', ', ': ')];
  });
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

function exclusionTexts(exclusions: readonly Exclusion[]): string[] {
  const balancers = [...new Set(exclusions.map(({ balancer }) => balancer))];
  return balancers.map((balancer) => {
    const own = exclusions
      .filter((each) => each.balancer === balancer)
      .sort((a, b) => a.begin - b.begin || (a.host < b.host ? -1 : 1));
    const told = own.slice(0, EXCLUSIONS_TOLD).map(({ host, begin, end, isFinal }) => {
      return isFinal
        ? `${host} from ${formatClock(begin)} on`
        : `${host} from ${formatClock(begin)} to ${formatClock(end)}`;
    });
    const rest = own.length - told.length;
    const items = rest === 0 ? told : [...told, `${formatCount(rest)} times more`];
    return `The ${balancer} leaves out ${formatList(items)}.`.replace('The balancer-', 'Balancer-');
  });
}
