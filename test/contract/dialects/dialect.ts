/** What a host of the suite is. */
export interface HostSetup {
  readonly weight?: number;
  readonly down?: boolean;
  /** Requests in flight at most. */
  readonly limit?: number;
}

/** An algorithm, or what its options make of it, and what it promises. Whatever is left out is promised. */
export interface AlgorithmCase {
  /** The plug's name, and what the options add: `nginx-hash consistent`. */
  readonly name: string;
  /** As a file has it. */
  readonly algorithm: unknown;
  /** Options of the product beside the algorithm. */
  readonly more?: Readonly<Record<string, unknown>>;
  /**
   * Share of each host of sequential requests with keys of their own, for these weights; the weights' own part unless
   * told. `undefined`: sequential requests are not shared by weight; the case's own tests say what holds instead.
   */
  readonly shares?: ((weights: readonly number[]) => readonly number[]) | undefined;
  /** Most that a host's count of 4,000 may be off its share; 150 unless told, derived beside the case. */
  readonly tolerance?: number;
  /** Hosts that it can have at most; a thousand unless told. */
  readonly hostsMax?: number;
  /** Different hosts, of {@link hostsMax}, that 3,000 requests meet at least; 500 unless told. */
  readonly seenMin?: number;
}

/** How a product says what the suite varies, and what its host table promises whatever the algorithm is. */
export interface Dialect {
  readonly product: string;
  readonly cases: readonly AlgorithmCase[];
  /** Options that give the hosts `api-1`, `api-2`, ... these parameters. */
  readonly options: (setup: AlgorithmCase, hosts: readonly HostSetup[]) => Readonly<Record<string, unknown>>;
  /** True: a request is never sent twice to the same host. */
  readonly excludesTried: boolean;
  /** True: one failed try takes a host out. */
  readonly ejects: boolean;
  /** What a request gets that finds all hosts full: nothing, a place in a queue, or a host all the same. */
  readonly whenFull: 'refuses' | 'waits' | 'none';
}

/** Servers' parameters by name, for products whose `upstream` has `servers`. */
export function byName<Value>(
  hosts: readonly HostSetup[],
  parameters: (host: HostSetup) => Value,
): Record<string, Value> {
  return Object.fromEntries(hosts.map((host, index) => [`api-${index + 1}`, parameters(host)]));
}

/** Each host's part of all. */
export function partsOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}
