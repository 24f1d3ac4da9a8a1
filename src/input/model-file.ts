import type { DistributionSpec } from '../random/distribution.js';

/**
 * A model as it is after checking: units are ns, bytes and per second, defaults are filled in, and every name that is
 * used names something. Mappings are sorted by key, so that the order of a file's lines changes nothing.
 */
export interface Model {
  readonly title: string;
  /** Machines by name; at least `default` where the file names none. */
  readonly hosts: Readonly<Record<string, HostSpec>>;
  /** One-way latencies by pair of places (`client-balancer`, `balancer-api`, `api-postgres`), and `default`. */
  readonly network: Readonly<Record<string, LinkSpec>>;
  /** Absent: clients talk to the first service that has routes, directly. */
  readonly balancer: BalancerSpec | undefined;
  /** Services with routes, by name. */
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Services that are databases, by name. */
  readonly databases: Readonly<Record<string, DatabaseSpec>>;
}

export interface HostSpec {
  readonly cores: number;
}

export interface LinkSpec {
  /** One way, ns. */
  readonly latency: DistributionSpec;
}

export interface BalancerSpec {
  /** Name of the product's plug: `nginx`. */
  readonly product: string;
  /** A key of `hosts`; absent: its work is never short of CPU. */
  readonly on: string | undefined;
  /** The service it balances: the keys of `upstream`, or the one service with routes. */
  readonly services: readonly string[];
  /** The product's own checked options. */
  readonly options: unknown;
}

export interface ServiceSpec {
  readonly replicas: number;
  readonly on: string;
  /** Docker's `--cpus`: cores' worth of CPU time per period; absent: no quota. */
  readonly cpus: number | undefined;
  /** Length of the quota's period. */
  readonly cpuPeriodNs: number;
  readonly memLimitBytes: number | undefined;
  /** Resident memory of an idle instance. */
  readonly memoryBytes: number;
  readonly restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** From the start of the process until it listens. */
  readonly startTime: DistributionSpec;
  readonly server: ServerSpec;
  readonly pools: Readonly<Record<string, PoolSpec>>;
  readonly caches: Readonly<Record<string, CacheSpec>>;
  /** By request line: `GET /api/produits`. */
  readonly routes: Readonly<Record<string, RouteSpec>>;
}

export interface ServerSpec {
  /** Name of the server's plug: `uvicorn`. */
  readonly kind: string;
  readonly options: unknown;
}

export interface PoolSpec {
  /** A key of `databases`. */
  readonly to: string;
  readonly poolSize: number;
  readonly maxOverflow: number;
  readonly poolTimeoutNs: number;
}

export interface CacheSpec {
  /** Absent: entries stay fresh for ever. */
  readonly ttlNs: number | undefined;
  readonly size: number | undefined;
  readonly singleFlight: boolean;
  /** Which key a request asks for: whole numbers. */
  readonly keys: DistributionSpec;
}

export interface RouteSpec {
  readonly method: string;
  readonly path: string;
  /** True for a coroutine (`async def`): its `cpu` steps run on the event loop itself. */
  readonly runsOnLoop: boolean;
  readonly steps: readonly StepSpec[];
}

/** A step of a handler: the plug's name and its checked options; nested steps are inside the options. */
export interface StepSpec {
  readonly kind: string;
  readonly options: unknown;
}

export interface DatabaseSpec {
  readonly on: string;
  readonly cpus: number | undefined;
  readonly cpuPeriodNs: number;
  readonly maxConnections: number;
  /** Time to open a connection. */
  readonly connect: DistributionSpec;
}
