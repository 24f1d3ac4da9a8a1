import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_SECOND } from '../kernel/time.js';
import type { Gauge } from '../metrics/sink.js';
import type { CpuGroup } from './cpu-group.js';
import type { Database } from './database.js';
import type { Host } from './host.js';

/** What the recorder reads of a host once a second. */
export function hostGauges(host: Host, simulation: Simulation): Gauge[] {
  return [
    {
      place: host.name,
      name: 'cpu_busy_seconds',
      cumulative: true,
      read: () => host.busyUntilNs(simulation.nowNs) / NS_PER_SECOND,
    },
    { place: host.name, name: 'cores_max', cumulative: false, read: () => host.cores },
  ];
}

/** What the recorder reads of a control group: CPU seconds used and seconds frozen, and the quota in cores where there is one. */
export function groupGauges(place: string, group: CpuGroup): Gauge[] {
  const counter = (name: string, readNs: () => number): Gauge => ({
    place,
    name,
    cumulative: true,
    read: () => readNs() / NS_PER_SECOND,
  });
  const used = counter('cpu_seconds', () => group.cpuNs);
  const { quotaCores } = group;
  if (!Number.isFinite(quotaCores)) return [used];
  return [
    used,
    counter('throttled_seconds', () => group.frozenNs),
    { place, name: 'cpus_max', cumulative: false, read: () => quotaCores },
  ];
}

/** What the recorder reads of a database. */
export function databaseGauges(database: Database): Gauge[] {
  const gauge = (name: string, read: () => number): Gauge => ({
    place: database.name,
    name,
    cumulative: false,
    read,
  });
  return [
    gauge('connections', () => database.connectionCount),
    gauge('connections_max', () => database.maxConnections),
    gauge('queries_active', () => database.activeCount),
  ];
}

/** Calls `tick` at every whole second of simulated time. */
export class SecondTicker implements Handler {
  constructor(
    private readonly simulation: Simulation,
    private readonly tick: (nowNs: number) => void,
  ) {}

  start(): void {
    this.simulation.after(NS_PER_SECOND, this, 0);
  }

  handle(): void {
    this.tick(this.simulation.nowNs);
    this.simulation.after(NS_PER_SECOND, this, 0);
  }
}
