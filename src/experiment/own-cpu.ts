import type { MeasuredRun, MeasuredSeries } from '../input/measured.js';
import type { Model } from '../input/model-file.js';
import type { ReplicationRecord } from '../metrics/record.js';

/**
 * CPU that one scrape of `/metrics`, and five seconds of idling, cost an instance. Measured: 106 scrapes of instances that served nothing
 * else (api-2 and api-3 beside n1-open46-a, n1-stress1000-a, n1-steady-a and rr-uneven-a) took 0.73 s.
 */
const SCRAPE_CPU_SECONDS = 0.0069;
/** Handlers that a load does not ask for. */
const SCRAPE_HANDLER = '/metrics';
const OWN_HANDLERS: ReadonlySet<string> = new Set([SCRAPE_HANDLER, '/health']);

/** CPU of the instances, and what they spent it on. */
export interface CpuUse {
  readonly cpuSeconds: number;
  readonly requests: number;
}

/** Seconds per request. */
export function cpuPerRequest({ cpuSeconds, requests }: CpuUse): number {
  return cpuSeconds / requests;
}

/**
 * What the instances' counters say of a run: the increase of `process_cpu_seconds_total` less what scraping took, and that of
 * `http_requests_total` without scrapes and health checks, from the first scrape to the last; `undefined` where either is missing.
 *
 * @param targets `instance` labels of the instances.
 * @param scrapes whether their CPU is the requests': it is where the model's instances are scraped as well.
 */
export function measuredCpuUse(
  series: readonly MeasuredSeries[],
  targets: readonly string[],
  scrapes: 'apart' | 'included' = 'apart',
): CpuUse | undefined {
  const sum = (metric: string, wants: (handler: string) => boolean) =>
    targets
      .flatMap((target) => increases(series, target))
      .filter((each) => each.metric === metric && wants(each.handler))
      .reduce((total, { grown }) => total + grown, 0);
  const cpuSeconds = sum('process_cpu_seconds_total', () => true);
  const scrapeCount = sum('http_requests_total', (handler) => handler === SCRAPE_HANDLER);
  const requests = sum('http_requests_total', (handler) => !OWN_HANDLERS.has(handler));
  if (cpuSeconds === 0 || requests === 0) return undefined;
  if (scrapes === 'included') return { cpuSeconds, requests };
  return { cpuSeconds: Math.max(0, cpuSeconds - scrapeCount * SCRAPE_CPU_SECONDS), requests };
}

/** `instance` labels that have a CPU counter, in the alphabet's order: of the lab, api-1 and so on come before the balancer. */
export function cpuTargets(series: readonly MeasuredSeries[], count: number): string[] {
  const labels = series
    .filter(({ metric }) => metric === 'process_cpu_seconds_total')
    .map(({ labels }) => labels.instance ?? '');
  return [...new Set(labels)].sort().slice(0, count);
}

interface Increase {
  readonly metric: string;
  readonly handler: string;
  readonly grown: number;
}

/** How much the counters of one target grew since its first scrape: that of its CPU counter, which is there from the start. */
function increases(series: readonly MeasuredSeries[], target: string): Increase[] {
  const own = series.filter(({ labels }) => labels.instance === target);
  const start = own.find(({ metric }) => metric === 'process_cpu_seconds_total')?.points[0]?.atSeconds ?? 0;
  return own.map((each) => ({
    metric: each.metric,
    handler: each.labels.handler ?? '',
    grown: increase(each, start),
  }));
}

/**
 * How much a counter grew; one that fell began anew with its process. One that appears after the start had a value of 0 until then: a
 * counter with labels is there from its first use on.
 */
function increase({ points }: MeasuredSeries, startSeconds: number): number {
  let total = points[0] !== undefined && points[0].atSeconds > startSeconds ? points[0].value : 0;
  for (let index = 1; index < points.length; index += 1) {
    const [before, now] = [points[index - 1]!.value, points[index]!.value];
    total += now >= before ? now - before : now;
  }
  return total;
}

/** The same of a prediction, over all its replications: CPU of the instances of these services, and the requests that they served. */
export function predictedCpuUse(
  records: readonly ReplicationRecord[],
  services: readonly string[],
): CpuUse | undefined {
  const instances = records
    .flatMap((record) => record.instances)
    .filter(({ service }) => services.includes(service));
  const requests = instances.reduce((sum, instance) => sum + instance.requests, 0);
  const cpuSeconds = instances.reduce((sum, instance) => sum + instance.cpuSeconds, 0);
  return requests === 0 || cpuSeconds === 0 ? undefined : { cpuSeconds, requests };
}

/**
 * {@link measuredCpuUse} of a take, to be held against a model: with the scrapes where the model has them as well.
 * @param count instances; their targets are the first in the alphabet, unless the take names them.
 */
export function takeCpuUse(
  { run, targets }: { readonly run: MeasuredRun; readonly targets?: readonly string[] | undefined },
  { prometheus }: Model,
  count: number,
): CpuUse | undefined {
  const scrapes = prometheus === undefined ? 'apart' : 'included';
  return measuredCpuUse(run.series, targets ?? cpuTargets(run.series, count), scrapes);
}

/** What clients' requests reach first: the services behind the balancer, or the entry. */
export function frontServices({ balancer, entry }: Model): readonly string[] {
  return balancer?.services ?? [entry];
}

/** Values that keep a host's speed still, where it drifts: what a run's mean was is known. */
export function stillHosts({ hosts }: Model): Record<string, number> {
  const drifting = Object.keys(hosts).filter((name) => hosts[name]!.drift !== undefined);
  return Object.fromEntries(drifting.map((name) => [`hosts.${name}.drift.sigma`, 0]));
}

/** The host that the balanced services are on; `undefined` where they are on several. */
export function frontHost(model: Model): string | undefined {
  const hosts = new Set(frontServices(model).map((service) => model.services[service]?.on));
  const [host] = hosts;
  return hosts.size === 1 ? host : undefined;
}

/**
 * Speeds of all hosts on a day when that of the balanced services has `speed`: what slows one core of a machine down, a neighbour
 * or its clock, slows the others down as well, and a calibration takes it so too.
 */
export function speedsOfDay(model: Model, host: string, speed: number): Record<string, number> {
  const factor = speed / model.hosts[host]!.speed;
  return Object.fromEntries(
    Object.entries(model.hosts).map(([name, own]) => [`hosts.${name}.speed`, own.speed * factor]),
  );
}

/** Speeds outside of this are no drift of a machine. */
const SPEED_MIN = 0.4;
const SPEED_MAX = 2.5;
/** The wanted CPU per request is met so closely: well below what a scrape's rounding to 10 ms of CPU leaves. */
const TOLERANCE = 0.002;
const STEPS_MAX = 5;
/** The first step away from the model's own speed. */
const FIRST_STEP = 1.05;

/**
 * The host speed at which the predicted CPU per request equals the measured one: secant steps on 1/speed, in which the CPU of a
 * request is nearly linear. `undefined` where it does not depend on the speed, or only an implausible speed would do.
 *
 * @param wanted seconds per request.
 * @param start the model's own speed.
 * @param predict CPU per request at a speed, always under the same seeds, so that chance does not enter.
 */
export async function ownSpeed(
  wanted: number,
  start: number,
  predict: (speed: number) => Promise<number | undefined>,
): Promise<number | undefined> {
  let before = { slowness: 1 / start, cpu: await predict(start) };
  if (before.cpu === undefined) return undefined;
  let slowness = before.slowness * (before.cpu < wanted ? FIRST_STEP : 1 / FIRST_STEP);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (Math.abs(before.cpu! / wanted - 1) <= TOLERANCE) return 1 / before.slowness;
    const cpu = await predict(1 / slowness);
    if (cpu === undefined) return undefined;
    const slope = (cpu - before.cpu!) / (slowness - before.slowness);
    before = { slowness, cpu };
    if (Math.abs(cpu / wanted - 1) <= TOLERANCE) break;
    if (!(slope > 0)) return undefined;
    slowness = Math.min(Math.max(slowness + (wanted - cpu) / slope, 1 / SPEED_MAX), 1 / SPEED_MIN);
    if (slowness === before.slowness) return undefined;
  }
  return 1 / before.slowness;
}
