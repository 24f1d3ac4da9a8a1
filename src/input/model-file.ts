import type { DnsSelect } from '../model/dns-select.js';
import type { ScrapeConfig } from '../model/scraper.js';
import type { StepSpec } from '../model/step.js';
import { type Checked, check } from '../options/fields.js';
import type { DistributionSpec } from '../random/distribution.js';
import type { CalibrationSpec } from './calibration.js';
import { findingsOf } from './issues.js';
import { type HostSpec, modelField, type WrittenDatabase, type WrittenService } from './model-fields.js';
import { balancedServices } from './model-references.js';
import type { Finding } from './origin.js';

/**
 * A model as it is after checking: units are ns, bytes and per second, defaults are filled in, and every name that is
 * used names something. Mappings are sorted by key, so that the order of a file's lines changes nothing.
 */
export interface Model {
  readonly title: string;
  /** Machines by name, at least one. */
  readonly hosts: Readonly<Record<string, HostSpec>>;
  /** One-way latencies by pair of places (`client-balancer`, `balancer-api`, `balancer-api-2`, `api-postgres`), in either order, and always `default`. */
  readonly network: Readonly<Record<string, LinkSpec>>;
  /** Absent: clients talk to `entry` directly. */
  readonly balancer: BalancerSpec | undefined;
  /** Without a balancer, the service that clients talk to: the only one that no other service calls. */
  readonly entry: string;
  /** Services with routes, by name. */
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Services that are databases, by name. */
  readonly databases: Readonly<Record<string, DatabaseSpec>>;
  /** What watches it; absent: nothing does. */
  readonly prometheus?: ScrapeConfig;
  /** Which of its values were fitted, and to what; absent in a model that nobody calibrated. */
  readonly calibration?: CalibrationSpec;
}

/** A pair of places, checked. */
export interface LinkSpec {
  /** One way, ns. */
  readonly latency: DistributionSpec;
}

/** Several balancers in front of the same instances, checked. */
export interface BalancerReplicasSpec {
  readonly count: number;
  /** Which of them a client's new connection goes to: k6's `dns.select`. */
  readonly select: DnsSelect;
}

/** The balancer, checked: which product, where it runs, and what stands behind it. */
export interface BalancerSpec {
  /** Name of the product's plug: `nginx`. */
  readonly product: string;
  /** A key of `hosts`; absent: its work is never short of CPU. */
  readonly on: string | undefined;
  /** Absent: there is one. */
  readonly replicas: BalancerReplicasSpec | undefined;
  /** The services it balances, sorted: the keys of `upstream`, or the only service that no other one calls. */
  readonly services: readonly string[];
  /** The product's own checked options. */
  readonly options: unknown;
}

/** What has a share of a host's CPU. */
export interface PlacedSpec {
  /** A key of `hosts`. */
  readonly on: string;
  /** Length of the quota's period. */
  readonly cpuPeriodNs: number;
  /** Docker's `--cpu-shares`, 1024 unless told: weight where the host's cores do not suffice. */
  readonly cpuShares: number;
}

/** A service, checked: its replicas, their limits, their server, and what each route does. */
export interface ServiceSpec extends PlacedSpec {
  readonly replicas: number;
  /** Docker's `--cpus`, for all replicas or one by one (then as many as replicas), see {@link cpusOf}; absent: no quota. */
  readonly cpus: number | readonly number[] | undefined;
  readonly memLimitBytes: number | undefined;
  readonly memory: {
    readonly baseBytes: number;
    readonly perConnectionBytes: number;
    readonly perRequestBytes: number;
  };
  readonly restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** From the start of the process until it listens, ns. */
  readonly startTime: DistributionSpec;
  /** Status line and headers of an answer. */
  readonly headBytes: number;
  /** Headers of every answer beside those; `{instance}` stands for the instance's name. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly server: ServerSpec;
  readonly pools: Readonly<Record<string, PoolSpec>>;
  readonly caches: Readonly<Record<string, CacheSpec>>;
  /** By request line: `GET /api/produits`. */
  readonly routes: Readonly<Record<string, RouteSpec>>;
}

/** What serves the requests of a service, checked. */
export interface ServerSpec {
  /** Name of the server's plug: `uvicorn`. */
  readonly kind: string;
  readonly options: unknown;
}

/** A service's pool of database connections, checked; one per process, with SQLAlchemy's names. */
export interface PoolSpec {
  /** A key of `databases`. */
  readonly to: string;
  readonly poolSize: number;
  readonly maxOverflow: number;
  readonly poolTimeoutNs: number;
  /** CPU of the instance to open a connection, ns. */
  readonly connectCpu: DistributionSpec;
  /** CPU of the database for ROLLBACK, ns. */
  readonly rollbackCpu: DistributionSpec;
}

/** A service's in-process cache, checked; one per process. */
export interface CacheSpec {
  /** Absent: entries stay fresh for ever. */
  readonly ttlNs: number | undefined;
  readonly size: number | undefined;
  readonly singleFlight: boolean;
  /** Which key a request asks for: whole numbers. */
  readonly keys: DistributionSpec;
}

/** What a service does on one request line, checked. */
export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  /** True for a coroutine (`async def`): its `cpu` steps run on the event loop itself. */
  readonly runsOnLoop: boolean;
  readonly steps: readonly StepSpec[];
}

/** A database, checked: its share of a host and its connections. */
export interface DatabaseSpec extends PlacedSpec {
  /** As for a service. */
  readonly cpus: number | undefined;
  readonly maxConnections: number;
  /** Time to open a connection without CPU, ns. */
  readonly connect: DistributionSpec;
  /** CPU to open a connection, ns. */
  readonly connectCpu: DistributionSpec;
}

/**
 * The CPU quota of one replica, counted from 0: cores' worth of CPU time per period, `undefined` for none. A replica that is
 * added later and is not on the list has the last one's.
 */
export function cpusOf(service: ServiceSpec, replicaIndex: number): number | undefined {
  const { cpus } = service;
  return cpus === undefined || typeof cpus === 'number' ? cpus : (cpus[replicaIndex] ?? cpus.at(-1));
}

/** Port that instances listen on. */
const INSTANCE_PORT = 8000;

/** The address of an instance as a balancer's configuration has it, which consistent hashes see: `api-1:8000`. */
export function addressOf(instanceName: string): string {
  return `${instanceName}:${INSTANCE_PORT}`;
}

type Written = Checked<typeof modelField>;

/**
 * Checks a model's plain data (keys sorted) against its fields. References between its parts are checked by
 * `model-references.ts`, which must have found nothing before the returned model is used.
 */
export function checkModel(value: unknown): { model: Model | undefined; findings: Finding[] } {
  const result = check(modelField, value);
  if (!result.ok) return { model: undefined, findings: findingsOf(result.issues) };
  return { model: toModel(result.value, value), findings: [] };
}

function toModel(written: Written, value: unknown): Model {
  const hostNames = Object.keys(written.hosts);
  const services: Record<string, ServiceSpec> = {};
  const databases: Record<string, DatabaseSpec> = {};
  for (const [name, { kind, options }] of Object.entries(written.services)) {
    if (kind === 'service') services[name] = toService(options as WrittenService, hostNames);
    else databases[name] = toDatabase(options as WrittenDatabase, hostNames);
  }
  const balanced = balancedServices(value);
  return {
    title: written.title,
    hosts: written.hosts,
    network: toNetwork(written.network),
    balancer: written.balancer && {
      product: written.balancer.plug.kind,
      on: written.balancer.own.on,
      replicas: replicasOf(written.balancer.own),
      services: balanced,
      options: written.balancer.plug.options,
    },
    entry: balanced[0] ?? '',
    services,
    databases,
    ...(written.prometheus && { prometheus: written.prometheus }),
    ...(written.calibration && { calibration: written.calibration }),
  };
}

/** One balancer is the same however a second would be chosen. */
function replicasOf({
  replicas,
  select,
}: {
  replicas: number;
  select: DnsSelect;
}): BalancerReplicasSpec | undefined {
  return replicas === 1 ? undefined : { count: replicas, select };
}

function toNetwork(written: Written['network']): Record<string, LinkSpec> {
  const links: Record<string, LinkSpec> = {
    default: { latency: { kind: 'constant', options: { value: 0 } } },
  };
  for (const [pair, link] of Object.entries(written)) {
    links[pair] = { latency: 'latency' in link ? link.latency : link };
  }
  return links;
}

function toPlaced(written: WrittenService | WrittenDatabase, hostNames: readonly string[]): PlacedSpec {
  return {
    on: written.on ?? hostNames[0] ?? '',
    cpuPeriodNs: written.cpu_period,
    cpuShares: written.cpu_shares,
  };
}

function toService(written: WrittenService, hostNames: readonly string[]): ServiceSpec {
  const memory =
    typeof written.memory === 'number'
      ? { base: written.memory, per_connection: 0, per_request: 0 }
      : written.memory;
  return {
    ...toPlaced(written, hostNames),
    replicas: written.replicas,
    cpus: written.cpus,
    memLimitBytes: written.mem_limit,
    memory: {
      baseBytes: memory.base,
      perConnectionBytes: memory.per_connection,
      perRequestBytes: memory.per_request,
    },
    restart: written.restart,
    startTime: written.start_time,
    headBytes: written.head_bytes,
    headers: written.headers,
    server: written.server,
    pools: mapValues(written.pools, (pool) => ({
      to: pool.to,
      poolSize: pool.pool_size,
      maxOverflow: pool.max_overflow,
      poolTimeoutNs: pool.pool_timeout,
      connectCpu: pool.connect_cpu,
      rollbackCpu: pool.rollback_cpu,
    })),
    caches: mapValues(written.caches, (cache) => ({
      ttlNs: cache.ttl,
      size: cache.size,
      singleFlight: cache.single_flight,
      keys: cache.keys,
    })),
    routes: Object.fromEntries(
      Object.entries(written.routes).map(([line, route]) => [line, toRoute(line, route)]),
    ),
  };
}

function toRoute(line: string, written: WrittenService['routes'][string]): RouteSpec {
  const [method = '', path = ''] = line.split(' ');
  if (Array.isArray(written)) return { method, path, runsOnLoop: false, steps: written };
  return { method, path, runsOnLoop: written.async, steps: written.steps };
}

function toDatabase(written: WrittenDatabase, hostNames: readonly string[]): DatabaseSpec {
  return {
    ...toPlaced(written, hostNames),
    cpus: written.cpus,
    maxConnections: written.max_connections,
    connect: written.connect_time,
    connectCpu: written.connect_cpu,
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
