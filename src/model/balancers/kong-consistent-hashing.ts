import { type Checked, choice, fail, record, text } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import { plainSubject } from '../balancer.js';
import type { KongAlgorithmPlug } from '../products/kong/algorithm.js';
import { HASHED_FIELDS, hashedValue } from '../products/kong/hash-value.js';
import type { KongAddress, KongAlgorithm, KongPassage, KongTargets } from '../products/kong/targets.js';
import { xxhash32 } from '../xxhash32.js';

/** `SERVER_POINTS`: entries of a target where all weigh the same. */
const SERVER_POINTS = 160;
/** `MIN_CONTINUUM_SIZE`, which is also what fewer slots become. */
const POINTS_MIN = 1000;

const name = () => text().optional();

const options = record({
  hash_on: choice(HASHED_FIELDS)
    .default('none')
    .describe('what is hashed; none: nothing, so that all requests go to one target'),
  hash_fallback: choice(HASHED_FIELDS).default('none').describe('what is hashed where that is absent'),
  hash_on_header: name().describe('the header, with hash_on: header'),
  hash_fallback_header: name().describe('the header, with hash_fallback: header'),
  hash_on_cookie: name().describe('the cookie; a request without it gets a new one'),
  hash_on_cookie_path: text().default('/').describe('path of a cookie that is made up'),
  hash_on_query_arg: name().describe('the query argument; several values are sorted and joined'),
  hash_fallback_query_arg: name().describe('the query argument, with hash_fallback: query_arg'),
  hash_on_uri_capture: name().describe("a group of the route's path"),
  hash_fallback_uri_capture: name().describe('the group, with hash_fallback: uri_capture'),
}).superRefine((value, context) => {
  const needed = [
    ['hash_on', 'header', 'hash_on_header'],
    ['hash_fallback', 'header', 'hash_fallback_header'],
    ['hash_on', 'cookie', 'hash_on_cookie'],
    ['hash_fallback', 'cookie', 'hash_on_cookie'],
    ['hash_on', 'query_arg', 'hash_on_query_arg'],
    ['hash_fallback', 'query_arg', 'hash_fallback_query_arg'],
    ['hash_on', 'uri_capture', 'hash_on_uri_capture'],
    ['hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'],
  ] as const;
  for (const [key, field, key2] of needed) {
    if (value[key] === field && value[key2] === undefined)
      fail(context, 'nothing', `a name, as ${key} is ${field}`, undefined, [key2]);
  }
  const { hash_on: on, hash_fallback: fallback } = value;
  if (fallback === 'none') return;
  const isSame = fallback === on && !['header', 'query_arg', 'uri_capture'].includes(on);
  if (on === 'none' || on === 'cookie' || isSame)
    fail(context, fallback, `none, as hash_on is ${on}`, undefined, ['hash_fallback']);
});

/** What to hash, checked. */
type HashOptions = Checked<typeof options>;

/** Kong's `consistent-hashing`: sticky by consumer, address, header, cookie, path, query argument or part of the path. */
export const kongConsistentHashing: KongAlgorithmPlug<typeof options> = {
  name: 'kong-consistent-hashing',
  product: 'kong',
  word: 'consistent-hashing',
  summary: 'the same target for the same value; few values move when targets change',
  source: 'Kong 3.9, kong/runloop/balancer/consistent_hashing.lua; szensk/luaxxhash 1.0',
  options,
  example:
    'algorithm: { consistent-hashing: { hash_on: header, hash_on_header: x-user, hash_fallback: ip } }',
  keyed: {
    options: { hash_on: 'header', hash_on_header: 'key' },
    subject: (key) => plainSubject({ headers: { key } }),
  },
  create: (checked, context) => new ConsistentHashing(checked, context.table, context.stream),
};

class ConsistentHashing implements KongAlgorithm {
  private readonly points: number;
  /** From 1; 0 is never used. */
  private readonly continuum: readonly (KongAddress | undefined)[];

  constructor(
    private readonly options: HashOptions,
    targets: KongTargets,
    private readonly stream: RandomStream,
  ) {
    this.points = Math.max(targets.slots, POINTS_MIN);
    this.continuum = createContinuum(targets.addresses, this.points);
  }

  /** Downwards from the value's place to the first address that is available: a retry finds the same again. */
  pick(passage: KongPassage): KongAddress | undefined {
    if (passage.hashIndex === 0) {
      passage.hashIndex = continuumIndex(hashedValue(this.options, passage, this.stream), this.points);
    }
    for (let step = 0; step < this.points; step += 1) {
      const index = passage.hashIndex - step;
      const address = this.continuum[index > 0 ? index : index + this.points];
      if (address?.available === true) return address;
    }
    return undefined;
  }

  /** The places depend on addresses and weights alone. */
  hostsChanged(): void {}
}

/**
 * The address at each of `points` places; empty where they are too few for the entries of one address. Every address has
 * entries by its weight, and one more for each that another has already.
 */
export function createContinuum(
  addresses: readonly KongAddress[],
  points: number,
): readonly (KongAddress | undefined)[] {
  const continuum = new Array<KongAddress | undefined>(points + 1).fill(undefined);
  const totalWeight = addresses.reduce((sum, { weight }) => sum + weight, 0);
  const sorted = [...addresses].sort((a, b) => compareTexts(a.name, b.name) || a.port - b.port);
  for (const address of sorted) {
    const share = Math.floor((address.weight / totalWeight) * addresses.length * SERVER_POINTS);
    let entries = address.weight > 0 ? Math.max(share, 1) : 0;
    for (let entry = 1; entry <= entries; entry += 1) {
      const index = continuumIndex(entryName(address, entry), points);
      if (continuum[index] === undefined) continuum[index] = address;
      else entries += 1;
      if (entry >= points) return [];
    }
  }
  return continuum;
}

/** With two colons: the port has one of its own (`10.0.0.1::8000 1`). */
function entryName(address: KongAddress, entry: number): string {
  return `${address.ip}::${address.port} ${entry}`;
}

/** Place of a text among `points`, from 1. */
export function continuumIndex(value: string, points: number): number {
  return (xxhash32(value) % points) + 1;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
