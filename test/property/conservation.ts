import type { Experiment } from '../../src/input/experiment.js';
import { balancerNames } from '../../src/input/model-names.js';
import type { ReplicationRecord } from '../../src/metrics/record.js';
import { type Observation, observe } from './laboratory.js';

/** What is wrong with a run of `experiment`, in words; nothing, if all that goes in comes out, and nobody uses more than there is. */
export function mistakesOf(experiment: Experiment): string[] {
  const seen = observe(experiment);
  return [
    ...seen.mistakes,
    ...requestMistakes(seen),
    ...arrivalMistakes(seen),
    ...clockMistakes(seen),
    ...gaugeMistakes(seen.record),
    ...cpuMistakes(seen.record, experiment),
    ...restMistakes(seen.record, experiment),
    ...numberMistakes(seen.record),
  ];
}

/** Every request of a virtual user ends in one sample, or is interrupted with it. */
function requestMistakes({ requests, samples, cancelledCount, record }: Observation): string[] {
  const { http_reqs: reqs } = record.metrics;
  const mistakes: string[] = [];
  if (requests.length !== samples.length + cancelledCount) {
    mistakes.push(`${requests.length} requests, ${samples.length} samples, ${cancelledCount} interrupted`);
  }
  if (reqs?.type !== 'counter' || reqs.count !== samples.length)
    mistakes.push('http_reqs is not the samples');
  const perInterval = record.intervals.reduce((sum, interval) => sum + interval.requests, 0);
  if (perInterval !== samples.length) mistakes.push(`${perInterval} requests in the intervals`);
  return mistakes;
}

/** Whatever arrives anywhere is answered once, also where nobody waits for it; an instance reports each of them. */
function arrivalMistakes({ arrivals, served, record }: Observation): string[] {
  const mistakes: string[] = [];
  for (const { exchange, station, answers } of arrivals) {
    // nginx tells a client that has gone nothing.
    const least = station.startsWith('balancer') && exchange.abandoned ? 0 : 1;
    if (answers < least || answers > 1) mistakes.push(`${answers} answers of ${station} to one request`);
    if (!exchange.settled) mistakes.push(`a request to ${station} was never settled`);
  }
  for (const [index, { name, requests }] of record.instances.entries()) {
    const accepted = arrivals.filter(
      ({ exchange, station }) => station === name && exchange.work !== undefined,
    );
    if (accepted.length !== requests || requests !== (served[index] ?? 0)) {
      mistakes.push(`${name} took ${accepted.length} requests and reported ${requests}`);
    }
  }
  return mistakes;
}

function clockMistakes({ samples }: Observation): string[] {
  return samples
    .filter((sample, index) => index > 0 && sample.endNs < samples[index - 1]!.endNs)
    .map(({ endNs }) => `a sample of ${endNs} ns after a later one`);
}

function seriesOf(record: ReplicationRecord, place: string, name: string): readonly number[] {
  return record.gauges.find((series) => series.place === place && series.name === name)?.values ?? [];
}

/** The gauges that have a limit, and the one that is it. */
const LIMITED = [
  ['pool_in_use', 'pool_max'],
  ['threads_busy', 'threads_max'],
  ['connections', 'connections_max'],
] as const;

function gaugeMistakes(record: ReplicationRecord): string[] {
  const mistakes: string[] = [];
  for (const { place, name, values } of record.gauges) {
    if (values.some((value) => value < 0))
      mistakes.push(`${place} ${name} is negative: ${Math.min(...values)}`);
    for (const [used, max] of LIMITED) {
      if (name !== used) continue;
      const limits = seriesOf(record, place, max);
      if (values.some((value, index) => value > limits[index]!))
        mistakes.push(`${place} ${name} is above ${max}`);
    }
  }
  return mistakes;
}

/** Sums of rates over a second are doubles: a thousand additions of 1e9 ns err by less than 1e-6 of a second. */
const ROUNDING = 1e-6;

/** Nobody computes more than its quota or its host has; what the places compute is what the host is busy. */
function cpuMistakes(record: ReplicationRecord, { model, client }: Experiment): string[] {
  const mistakes: string[] = [];
  const placed = new Map<string, string>();
  for (const [service, spec] of Object.entries(model.services)) {
    for (let replica = 1; replica <= spec.replicas; replica += 1) {
      const name = `${service}-${replica}`;
      placed.set(name, spec.on);
      if (typeof spec.cpus !== 'number') continue;
      // A second holds up to one whole period's quota more than its length allows: it begins and ends within periods.
      const max = spec.cpus + (spec.cpus * spec.cpuPeriodNs) / 1e9;
      const used = Math.max(...seriesOf(record, name, 'cpu_seconds'));
      if (used > max + ROUNDING) mistakes.push(`${name} used ${used} cores of ${spec.cpus}`);
    }
  }
  for (const [name, spec] of Object.entries(model.databases)) placed.set(name, spec.on);
  if (model.balancer?.on !== undefined) {
    const count = model.balancer.replicas?.count ?? 1;
    for (const name of count === 1 ? ['balancer'] : balancerNames(count)) placed.set(name, model.balancer.on);
  }
  if (client.on !== undefined) placed.set('client', client.on);
  for (const [host, { cores }] of Object.entries(model.hosts)) {
    const places = [...placed]
      .filter(([, on]) => on === host)
      .map(([name]) => seriesOf(record, name, 'cpu_seconds'));
    for (const [second, busy] of seriesOf(record, host, 'cpu_busy_seconds').entries()) {
      const used = places.reduce((sum, series) => sum + series[second]!, 0);
      if (busy > cores + ROUNDING) mistakes.push(`${host} is busy on ${busy} of ${cores} cores`);
      if (Math.abs(busy - used) > ROUNDING)
        mistakes.push(`${host} is busy on ${busy} cores, its places on ${used}`);
    }
  }
  return mistakes;
}

/** Gauges that are 0 when nothing is left to do. */
const AT_REST = new Set([
  'vus',
  'in_flight',
  'threads_busy',
  'threads_queue',
  'backlog',
  'pool_in_use',
  'pool_waiting',
  'queries_active',
  'connections_active',
  'connections_writing',
  'connections_waiting',
]);

function restMistakes(record: ReplicationRecord, { model }: Experiment): string[] {
  const mistakes: string[] = [];
  for (const { place, name, values } of record.gauges) {
    if (AT_REST.has(name) && values.at(-1) !== 0)
      mistakes.push(`${place} ${name} is ${values.at(-1)} at rest`);
  }
  for (const { name, service } of record.instances) {
    const isUp = seriesOf(record, name, 'up').at(-1) === 1;
    const base = isUp ? model.services[service]!.memory.baseBytes : 0;
    const rest = seriesOf(record, name, 'memory_bytes').at(-1);
    if (rest !== base) mistakes.push(`${name} has ${rest} bytes at rest instead of ${base}`);
  }
  return mistakes;
}

function numberMistakes(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => numberMistakes(part, `${path}.${key}`));
}
