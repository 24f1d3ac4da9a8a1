import type { Gauge } from '../metrics/sink.js';
import type { CpuGroup } from './cpu-group.js';
import type { Instance } from './instance.js';
import type { Pool } from './pool.js';
import { groupGauges } from './world.js';

/**
 * What the recorder reads of an instance once a second, in whichever life it is.
 * @param limitBytes its memory limit; not a number that is told where it is infinite.
 */
export function instanceGauges(instance: Instance, group: CpuGroup, limitBytes: number): Gauge[] {
  const place = instance.name;
  const gauge = (name: string, read: () => number): Gauge => ({ place, name, cumulative: false, read });
  const whileUp = (read: () => number) => () => (instance.up ? read() : 0);
  return [
    ...groupGauges(place, group),
    gauge('in_flight', () => instance.inFlight),
    gauge(
      'threads_busy',
      whileUp(() => instance.server.busyCount),
    ),
    gauge(
      'threads_queue',
      whileUp(() => instance.server.queueLength),
    ),
    gauge('threads_max', () => instance.server.capacity),
    gauge(
      'backlog',
      whileUp(() => instance.server.backlogLength),
    ),
    gauge('memory_bytes', () => instance.memoryBytes),
    ...(Number.isFinite(limitBytes) ? [gauge('memory_bytes_max', () => limitBytes)] : []),
    { place, name: 'out_of_memory_total', cumulative: true, read: () => instance.outOfMemoryCount },
    gauge('up', () => (instance.up ? 1 : 0)),
    ...instance.server.processes[0]!.pools.flatMap((pool, index) => poolGauges(instance, pool.name, index)),
  ];
}

/** A pool over all processes of the instance. */
function poolGauges(instance: Instance, poolName: string, index: number): Gauge[] {
  const place = `${instance.name}/${poolName}`;
  const sum = (name: string, of: (pool: Pool) => number): Gauge => ({
    place,
    name,
    cumulative: false,
    read: () => instance.server.processes.reduce((total, process) => total + of(process.pools[index]!), 0),
  });
  return [
    sum('pool_in_use', (pool) => pool.inUse),
    sum('pool_waiting', (pool) => pool.waitingCount),
    sum('pool_max', (pool) => pool.capacity),
  ];
}
