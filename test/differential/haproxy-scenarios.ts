import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import type { Scenario, StoryServer } from './haproxy-scenario.js';

/** The recording is of this seed. */
export const RECORDED_SEED = '430';
/** Scenarios in the recording, and in every fresh run. */
const SCENARIOS = 48;

const BALANCES = [
  'roundrobin',
  'static-rr',
  'leastconn',
  'first',
  'random',
  'source',
  'uri',
  'hdr(X-User)',
  'url_param u',
  'roundrobin',
  'leastconn',
  'random(1)',
  'uri whole',
  'uri depth 1',
  'hdr(X-User) use_domain_only',
  'random(3)',
  'uri len 9',
  'roundrobin',
];
const HASH_TYPES = [
  undefined,
  'consistent',
  'map-based sdbm avalanche',
  'consistent djb2',
  'map-based wt6',
  'consistent crc32 avalanche',
  'map-based crc32',
  'consistent wt6 avalanche',
  'map-based djb2 avalanche',
];

const RINGS = HASH_TYPES.filter((type) => type?.startsWith('consistent') === true);

/** The stream that a scenario's story is drawn from. */
export function storyOf(seed: string, scenario: Scenario): RandomStream {
  return new RandomSource(seed).stream(`haproxy/story/${scenario.name}`);
}

/** Backends drawn from a seed, over all algorithms. */
export function scenarios(seed: string): Scenario[] {
  return Array.from({ length: SCENARIOS }, (_, index) => {
    const stream = new RandomSource(seed).stream(`haproxy/scenario/${index}`);
    const balance = BALANCES[index % BALANCES.length]!;
    const hashes = /^(source|uri|hdr|url_param)/.test(balance);
    const kills = stream.next() < 0.5;
    // A ring knows another server for a request whose own one refuses; a map does not.
    const types = kills ? RINGS : HASH_TYPES;
    const hashType = hashes ? types[below(stream, types.length)] : undefined;
    // Requests by their keys, and with leastconn, wait for one server, others for any: these queues must meet.
    const queuesLong = hashes || balance === 'leastconn' || stream.next() < 0.3;
    const isBounded = hashType?.startsWith('consistent') === true && stream.next() < 0.4;
    // Where one dead host refuses several requests at once, draws show in which order the program hears of it: not told here.
    const isSensitive = kills && balance.startsWith('random');
    const limited = stream.next() < (hashes && kills ? 0.3 : 0.6) && !isSensitive;
    // Where requests queue and hosts refuse, no two may wait for their retries at a time: whose wait ends first is not certain.
    const isDelicate = kills && limited;
    const count = isDelicate ? 6 + below(stream, 7) : 1 + below(stream, 12);
    const redispatches = stream.next() < (hashes && kills ? 0.9 : 0.6);
    return {
      name: String(index),
      balance,
      ...(hashType === undefined ? {} : { hashType }),
      ...(isBounded ? { balanceFactor: 110 + below(stream, 150) } : {}),
      fullconn: 4 + below(stream, 30),
      retries: isDelicate && !redispatches ? 0 : below(stream, 4),
      ...(redispatches ? { redispatch: isDelicate ? 1 : [-1, -1, 1, 2, 3][below(stream, 5)]! } : {}),
      allBackups: stream.next() < 0.3,
      servers: Array.from({ length: count }, (_, host) => serverOf(stream, host, { limited, queuesLong })),
      holdPart: [0.1, 0.5, 0.8][below(stream, 3)]!,
      heldMax: 4 + below(stream, 30),
      kills,
      changes: !isDelicate,
    };
  });
}

function serverOf(
  stream: RandomStream,
  host: number,
  { limited, queuesLong }: { readonly limited: boolean; readonly queuesLong: boolean },
): StoryServer {
  const weight = stream.next() < 0.5 ? 1 : stream.next() < 0.1 ? 0 : 1 + below(stream, 8);
  const maxconn = limited && stream.next() < 0.9 ? 1 + below(stream, 3) : undefined;
  const minconn = maxconn !== undefined && stream.next() < 0.3 ? 1 + below(stream, maxconn) : undefined;
  return {
    weight,
    ...(maxconn === undefined ? {} : { maxconn }),
    ...(minconn === undefined ? {} : { minconn }),
    ...(maxconn !== undefined && stream.next() < (queuesLong ? 0.7 : 0.2)
      ? { maxqueue: 1 + below(stream, 3) }
      : {}),
    ...(host > 0 && stream.next() < 0.2 ? { backup: true } : {}),
    ...(stream.next() < 0.08 ? { disabled: true } : {}),
  };
}

function below(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}
