import type { HostAddress } from '../model/balancer.js';
import type { Mistake } from './error.js';
import { mappingOf } from './mapping.js';

/** The service whose replicas the hosts are, where no model says otherwise. */
const SERVICE = 'api';
/** Where nobody says how many. */
const HOSTS_DEFAULT = 3;
/** Port of host `a`, where no address is given; the others follow. */
const FIRST_PORT = 20_101;

/** What is known of hosts before their number is. */
export interface GivenHost {
  readonly name?: string;
  readonly address?: string;
}

/**
 * Reads `a=127.0.0.1:8001,127.0.0.1:8002,web`: an address with its name, an address, a name that is its own address. What has
 * a colon or a slash is an address.
 */
export function readHosts(list: string | undefined, mistakes: Mistake[]): GivenHost[] {
  if (list === undefined) return [];
  const hosts = list.split(',').map((item): GivenHost => {
    const text = item.trim();
    const equals = text.indexOf('=');
    if (equals > 0) return { name: text.slice(0, equals), address: text.slice(equals + 1) };
    return /[:/]/.test(text) ? { address: text } : { name: text, address: text };
  });
  for (const { name, address } of hosts) {
    if (address !== '' && (name === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name))) continue;
    const got = name === undefined || name === address ? JSON.stringify(address) : `${name}=${address}`;
    const expected = 'hosts like 127.0.0.1:8001, a=127.0.0.1:8001 or a, with commas between them';
    mistakes.push({ file: '--hosts', path: '', got, expected });
  }
  return hosts;
}

/** Reads `5,1,1`. */
export function readWeights(list: string | undefined, mistakes: Mistake[]): number[] {
  if (list === undefined) return [];
  return list.split(',').map((item) => {
    const weight = /^\s*\d+\s*$/.test(item) ? Number(item) : Number.NaN;
    if (Number.isNaN(weight)) {
      const expected = 'whole numbers with commas between them, like 5,1,1';
      mistakes.push({ file: '--weights', path: '', got: JSON.stringify(item), expected });
    }
    return weight;
  });
}

/**
 * All hosts, in order: as many as the longest list has. Without names they are a, b, c, ..., or go on as the model's
 * instances do.
 */
export function namedHosts(
  given: readonly GivenHost[],
  known: readonly HostAddress[],
  weights: readonly number[],
): HostAddress[] {
  const count = Math.max(given.length, known.length, weights.length) || HOSTS_DEFAULT;
  const service = known.at(-1)?.service ?? SERVICE;
  const areInstances = known.length > 0 && known.at(-1)!.name.startsWith(`${service}-`);
  return Array.from({ length: count }, (_, index) => {
    const before = known[index];
    const name =
      given[index]?.name ?? before?.name ?? (areInstances ? `${service}-${index + 1}` : letters(index));
    const address = given[index]?.address ?? before?.address ?? `127.0.0.1:${FIRST_PORT + index}`;
    return { name, service: before?.service ?? service, address };
  });
}

/** a to z, then aa, ab, ... */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Two hosts of one name could not be told apart. */
export function checkNames(hosts: readonly HostAddress[], mistakes: Mistake[]): void {
  const seen = new Set<string>();
  for (const { name } of hosts) {
    if (seen.has(name)) {
      const got = `the name ${JSON.stringify(name)} a second time`;
      mistakes.push({ file: '--hosts', path: '', got, expected: 'each name once' });
    }
    seen.add(name);
  }
}

/** The weight of each host as the product's checked options have it; 1 where they have none. */
export function weightsOf(options: unknown, hosts: readonly HostAddress[], weightKey: string): number[] {
  const replicas = new Map<string, number>();
  return hosts.map(({ name, service }) => {
    const replica = replicas.get(service) ?? 0;
    replicas.set(service, replica + 1);
    const upstream = mappingOf(mappingOf(mappingOf(options).upstream)[service]);
    const own = mappingOf(mappingOf(upstream.servers)[name])[weightKey] ?? upstream[weightKey];
    const weight = Array.isArray(own) ? (own[replica] as unknown) : own;
    return typeof weight === 'number' ? weight : 1;
  });
}
