import type { GaugeSeries, SeriesResult, VariantResult } from '../metrics/result.js';

/** What a resource is to its users, in the order in which one that is full explains the others behind it. */
export type ResourceKind =
  | 'host-cores'
  | 'cpu-quota'
  | 'process-core'
  | 'database-connections'
  | 'connection-pool'
  | 'threads'
  | 'memory';

/** How full one resource was over time. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly place: string;
  /** 0 to 1 per interval: the fraction in use. */
  readonly utilization: readonly number[];
  /** What waits for it per interval, where the model counts it. */
  readonly waiting: readonly number[] | undefined;
}

/** A resource above this is full: the queue before it grows with every further user. */
export const FULL = 0.9;

/** As good as full, beside one of its kind that is. */
const NEARLY_FULL = 0.85;

/** A host above this has nothing left: whoever waits on it waits for a core. Below, the quotas on it can be what keeps it from more. */
const HOST_EXHAUSTED = 0.97;

/**
 * A place's CPU that stays below this many cores is taken as one process (one interpreter, one event loop), which cannot use more;
 * one that goes beyond has as many processes as it takes. A gauge `processes_max` says it exactly.
 */
const ONE_PROCESS_CORES = 1.02;

/** A place whose quota never froze it for 1 % of any interval has none that matters. */
const THROTTLED_MIN = 0.01;

/** `balancer`; of several, `balancer-1`, `balancer-2`, ... */
const BALANCERS = /^balancer(-\d+)?$/;

/** The causes, first: a full host slows every process on it, a frozen process fills its pool, and so on. */
const CAUSE_ORDER: readonly ResourceKind[] = [
  'host-cores',
  'cpu-quota',
  'process-core',
  'database-connections',
  'connection-pool',
  'threads',
  'memory',
];

/** All resources that the gauges describe. */
export function resources(variant: VariantResult): Resource[] {
  const found: Resource[] = [];
  for (const gauge of variant.series.gauges) {
    const resource = resourceOf(gauge, variant);
    if (resource !== undefined) found.push(resource);
  }
  return found;
}

/**
 * The resources that are full in the given intervals (on average), causes before symptoms, the fullest first among equals.
 * A host that is not quite full, but whose processes use up quotas, is filled by these: they would be held back on an idle host as well.
 */
export function fullResources(all: readonly Resource[], intervals: readonly number[]): Resource[] {
  const use = (resource: Resource) => meanAt(resource.utilization, intervals);
  const full = all.filter((resource) => use(resource) >= FULL);
  const rank = (resource: Resource) => {
    const isFilled = resource.kind === 'host-cores' && use(resource) < HOST_EXHAUSTED;
    return isFilled ? CAUSE_ORDER.indexOf('cpu-quota') + 0.5 : CAUSE_ORDER.indexOf(resource.kind);
  };
  return full.sort((a, b) => rank(a) - rank(b) || use(b) - use(a) || (a.place < b.place ? -1 : 1));
}

/** Those of the same kind as a full one that are as good as full themselves: near the border chance decides which of equals is beyond. */
export function alike(all: readonly Resource[], full: Resource, intervals: readonly number[]): Resource[] {
  return all.filter(
    ({ kind, utilization }) => kind === full.kind && meanAt(utilization, intervals) >= NEARLY_FULL,
  );
}

/** The first of these intervals (ascending) from which on the resource is full for at least three in a row; `undefined` if it never is. */
export function fullSince(resource: Resource, intervals: readonly number[]): number | undefined {
  let inRow = 0;
  for (const [position, index] of intervals.entries()) {
    const follows = position > 0 && intervals[position - 1] === index - 1;
    const isFull = (resource.utilization[index] ?? 0) >= FULL;
    inRow = isFull ? (follows ? inRow + 1 : 1) : 0;
    if (inRow === 3) return index - 2;
  }
  return undefined;
}

/** Mean of the values at these intervals; 0 where there are none. */
export function meanAt(values: readonly number[], intervals: readonly number[]): number {
  if (intervals.length === 0) return 0;
  let sum = 0;
  for (const index of intervals) sum += values[index] ?? 0;
  return sum / intervals.length;
}

/** The series of a gauge; `undefined` if the model has none of that place and name. */
export function gaugeValues(
  series: SeriesResult,
  place: string,
  name: string,
): readonly number[] | undefined {
  return series.gauges.find((gauge) => gauge.place === place && gauge.name === name)?.values;
}

function resourceOf(gauge: GaugeSeries, variant: VariantResult): Resource | undefined {
  const { place, name } = gauge;
  const other = (otherName: string) => gaugeValues(variant.series, place, otherName);
  switch (name) {
    case 'cpu_busy_seconds':
      return ofCapacity('host-cores', gauge, other('cores_max'), undefined);
    case 'cpu_seconds':
      return cpuResource(gauge, variant);
    case 'connections':
      return ofCapacity('database-connections', gauge, other('connections_max'), undefined);
    case 'pool_in_use':
      return ofCapacity('connection-pool', gauge, other('pool_max'), other('pool_waiting'));
    case 'threads_busy':
      return ofCapacity('threads', gauge, other('threads_max'), other('threads_queue'));
    case 'memory_bytes':
      return ofCapacity('memory', gauge, other('memory_bytes_max'), undefined);
    default:
      return undefined;
  }
}

function ofCapacity(
  kind: ResourceKind,
  gauge: GaugeSeries,
  capacity: readonly number[] | undefined,
  waiting: readonly number[] | undefined,
): Resource | undefined {
  if (capacity === undefined) return undefined;
  const utilization = gauge.values.map((value, index) => {
    const most = capacity[index] ?? 0;
    return most > 0 && Number.isFinite(most) ? value / most : 0;
  });
  return { kind, place: gauge.place, utilization, waiting };
}

/**
 * A place's CPU. A quota that freezes is full as far as it is used; where its size is not told (`cpus_max`), time in use and time
 * frozen together fill the second. How long it freezes says less: on a core that others share, a process takes long to use up its
 * quota, and is frozen briefly all the same at every period's end. Without a quota, an instance or
 * balancer is limited by the cores that its processes can use; other places (a database, a load generator) by their host alone.
 */
function cpuResource(gauge: GaugeSeries, variant: VariantResult): Resource | undefined {
  const { place, values } = gauge;
  const other = (name: string) => gaugeValues(variant.series, place, name);
  const frozen = other('throttled_seconds') ?? [];
  const quota = other('cpus_max');
  if (frozen.some((value) => value >= THROTTLED_MIN)) {
    const utilization = values.map((value, index) => {
      const most = quota?.[index];
      if (most !== undefined && most > 0) return Math.min(1, value / most);
      const throttled = frozen[index] ?? 0;
      return throttled >= THROTTLED_MIN ? Math.min(1, value + throttled) : 0;
    });
    return { kind: 'cpu-quota', place, utilization, waiting: undefined };
  }
  const processes = other('processes_max') ?? other('cores_max');
  const isServer = BALANCERS.test(place) || variant.instances.some((instance) => instance.name === place);
  if (processes === undefined && !isServer) return undefined;
  const most = Math.max(0, ...values);
  const likely = most < ONE_PROCESS_CORES ? 1 : Math.ceil(most);
  const utilization = values.map((value, index) => value / (processes?.[index] || likely));
  return { kind: 'process-core', place, utilization, waiting: undefined };
}
