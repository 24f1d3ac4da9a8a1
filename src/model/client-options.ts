import {
  choice,
  count,
  duration,
  either,
  type Field,
  fail,
  flag,
  list,
  record,
  text,
} from '../options/fields.js';
import type { DistributionSpec } from '../random/distribution.js';
import { durationDistribution } from '../random/fields.js';
import { K6_USER_AGENT } from './endpoint.js';

/** Most addresses that a list may hold. */
const ADDRESSES_MAX = 65_536;

/** Options of the load generator, under k6's names where k6 has one. */
export const clientField = record({
  noConnectionReuse: flag().default(false).describe('a new connection for each request'),
  noVUConnectionReuse: flag().default(false).describe('connections end with the iteration'),
  minIterationDuration: duration().default(0).describe('a user idles for the rest of a shorter iteration'),
  localIPs: either([count({ min: 1, max: ADDRESSES_MAX }).transform(distinctAddresses), addressesField()])
    .default([])
    .describe(
      'addresses of the users, in turn: addresses, ranges, CIDR blocks, or so many different ones; 127.0.0.1 if absent',
    ),
  sleep_overshoot: durationDistribution()
    .optional()
    .describe(
      'how much later than asked a sleep ends: Go’s timers on Linux wake with a resolution of about 1 ms',
    ),
  timers: choice(['exact', 'netpoll'])
    .default('exact')
    .describe(
      'how sleeps end: when they should, or as Go’s runtime on Linux ends them: up to 1.1 ms late, and several at once',
    ),
  userAgent: text().default(K6_USER_AGENT).describe('User-Agent of all requests'),
  host: text().default('127.0.0.1:8080').describe('Host of all requests; only its length matters'),
  on: text().optional().describe('the host it runs on, sharing its cores; left out: a machine of its own'),
  cpu: record({
    before_send: durationDistribution().optional().describe('CPU time before a request is sent'),
    after_receive: durationDistribution()
      .optional()
      .describe('CPU time between the answer and its being seen'),
  })
    .optional()
    .describe('CPU time that the load generator itself needs for each request'),
});

/** The checked form of `client`. */
export interface ClientOptions {
  readonly noConnectionReuse: boolean;
  readonly noVUConnectionReuse: boolean;
  readonly minIterationDuration: number;
  readonly localIPs: readonly string[];
  readonly sleep_overshoot?: DistributionSpec | undefined;
  readonly timers: 'exact' | 'netpoll';
  readonly userAgent: string;
  readonly host: string;
  readonly on?: string | undefined;
  readonly cpu?: ClientCpuOptions | undefined;
}

/** Distributions of CPU time, in ns. */
export interface ClientCpuOptions {
  readonly before_send?: DistributionSpec | undefined;
  readonly after_receive?: DistributionSpec | undefined;
}

/** Addresses of so many users, each in a network of its own: `ip_hash` looks at the first three numbers only. */
function distinctAddresses(users: number): string[] {
  return Array.from({ length: users }, (_, index) => `10.${index >> 8}.${index & 255}.1`);
}

/** `10.0.0.1`, `10.0.0.1-10.0.0.9`, `10.0.0.0/24`, several with commas between them or as a list (k6's --local-ips; IPv4 only). */
function addressesField(): Field<string[]> {
  const one = text().transform((value, context): string[] =>
    value.split(',').flatMap((block) => {
      const addresses = maybeAddresses(block.trim());
      if (addresses === undefined) {
        fail(context, block, 'an address, a range like 10.0.0.1-10.0.0.9 or a block like 10.0.0.0/24');
      }
      return addresses ?? [];
    }),
  );
  const several = list(text().pipe(one)).transform((blocks) => blocks.flat());
  return one.or(several) as unknown as Field<string[]>;
}

/**
 * The addresses of one block; undefined if it is none, is empty or holds more than 65,536. Of a CIDR block of more than two, the
 * first and last are left out (lib/types/ipblock.go).
 */
export function maybeAddresses(block: string): string[] | undefined {
  const [start, end] = block.split('-', 2);
  const cidr = /^([\d.]+)\/(\d{1,2})$/.exec(block);
  let first = maybeAddress(cidr?.[1] ?? start!);
  let last = maybeAddress(end ?? start!);
  if (cidr !== null) {
    const bits = Number(cidr[2]);
    if (first === undefined || bits > 32) return undefined;
    const size = 2 ** (32 - bits);
    first -= first % size;
    last = first + size - 1;
    if (size > 2) {
      first += 1;
      last -= 1;
    }
  }
  if (first === undefined || last === undefined || last < first || last - first >= ADDRESSES_MAX)
    return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => formatAddress(first + index));
}

function maybeAddress(given: string): number | undefined {
  const parts = given.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

function formatAddress(address: number): string {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(address / unit) % 256).join('.');
}
