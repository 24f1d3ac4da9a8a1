import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import type { HostBehaviour, LiveRequest, Words } from './nginx-live.js';
import type { Action, Story } from './nginx-story.js';

/** What happens in a story beside requests that are answered. */
const KINDS = ['overlap', 'statuses', 'reloads', 'hangs'] as const;
type Kind = (typeof KINDS)[number];

interface Method {
  readonly directive: string;
  readonly algorithm: unknown;
  readonly allowsBackup?: boolean;
}

const hash = (key: string): Method => ({ directive: `hash ${key};`, algorithm: { hash: { key } } });
const consistent = (key: string): Method => ({
  directive: `hash ${key} consistent;`,
  algorithm: { hash: `${key} consistent` },
});

/** Every method that does not draw. */
const METHODS: readonly Method[] = [
  { directive: '', algorithm: 'round_robin', allowsBackup: true },
  { directive: 'least_conn;', algorithm: 'least_conn', allowsBackup: true },
  { directive: 'ip_hash;', algorithm: 'ip_hash' },
  hash('$arg_k'),
  consistent('$request_uri'),
  { directive: '', algorithm: 'round_robin', allowsBackup: true },
  { directive: 'least_conn;', algorithm: 'least_conn', allowsBackup: true },
  hash('$uri$remote_addr'),
  consistent('$http_x_key'),
];

const CONDITIONS = [
  'error timeout',
  'error timeout http_500',
  'off',
  'error timeout http_500 http_502 http_503 http_504 non_idempotent',
  'http_503 http_504 http_429',
  'error http_403 http_404 non_idempotent',
];
const STATUSES: readonly HostBehaviour[] = [
  200,
  200,
  500,
  500,
  502,
  503,
  504,
  403,
  404,
  429,
  'refuses',
  'breaks',
];

const STORIES_COUNT = 48;
const REQUESTS_COUNT = 310;
const HOSTS_MAX = 12;
const FIRST_PORT = 20_200;
/** Timed stories have their own; nothing else of this repository's tests stands there. */
const FIRST_TIMED_PORT = 20_900;
/** A host that hangs costs so much of the real test's time; one that does not must answer within it on a busy machine. */
const READ_TIMEOUT_MS = 400;
/** Nothing comes back within an untimed story but by a reload. */
const FAIL_TIMEOUT = '1000s';

/** Stories drawn from a seed, and some on the clock. */
export function stories(seed: string): Story[] {
  return [...Array.from({ length: STORIES_COUNT }, (_, index) => draw(seed, index)), ...timed()];
}

function draw(seed: string, index: number): Story {
  const stream = new RandomSource(seed).stream(`stories/${index}`);
  const method = METHODS[index % METHODS.length]!;
  const kind = KINDS[Math.floor(index / METHODS.length + index) % KINDS.length]!;
  const count = kind === 'hangs' ? 2 + below(stream, 5) : 1 + below(stream, HOSTS_MAX);
  const letters = Array.from({ length: count }, (_, host) => String.fromCharCode(97 + host));
  const conditions = kind === 'statuses' ? CONDITIONS : CONDITIONS.slice(0, 2);
  return {
    name: `${index} ${kind} ${method.directive || 'round robin'}`,
    port: FIRST_PORT + (HOSTS_MAX + 2) * index,
    directive: method.directive,
    algorithm: method.algorithm,
    servers: Object.fromEntries(letters.map((host) => [host, parameters(stream, host, { method, kind })])),
    nextUpstream: conditions[below(stream, conditions.length)]!,
    tries: stream.next() < 0.7 ? 0 : below(stream, 4),
    readTimeoutMs: kind === 'hangs' ? READ_TIMEOUT_MS : 60_000,
    actions: new Drawing(stream, letters, kind).actions(),
    timed: false,
  };
}

interface Surroundings {
  readonly method: Method;
  readonly kind: Kind;
}

function parameters(stream: RandomStream, host: string, { method, kind }: Surroundings): Words {
  const words: Record<string, string | number | boolean> = { fail_timeout: FAIL_TIMEOUT };
  if (stream.next() < 0.6) words.weight = 1 + below(stream, 7);
  // A host that hangs and is never taken out would take its time at every request.
  if (stream.next() < 0.6) words.max_fails = kind === 'hangs' ? 1 + below(stream, 2) : below(stream, 5);
  if (stream.next() < 0.25) words.max_conns = 1 + below(stream, 4);
  if (host !== 'a' && stream.next() < 0.1) words.down = true;
  if (host !== 'a' && method.allowsBackup === true && stream.next() < 0.2) words.backup = true;
  return words;
}

/** Draws the actions of one story. */
class Drawing {
  private readonly gone = new Set<string>();
  private requestCount = 0;

  constructor(
    private readonly stream: RandomStream,
    private readonly hosts: readonly string[],
    private readonly kind: Kind,
  ) {}

  actions(): Action[] {
    const actions: Action[] = [];
    while (this.requestCount < REQUESTS_COUNT) actions.push(this.action());
    return actions;
  }

  private action(): Action {
    const { stream, kind } = this;
    const chance = stream.next();
    const host = this.hosts[below(stream, this.hosts.length)]!;
    // A reload makes good what failures have done.
    if (chance < (kind === 'reloads' ? 0.03 : 0.012)) return { change: host, words: this.words() };
    if (chance < 0.08) return { host, behaviour: this.behaviour(host) };
    if (kind === 'hangs' || chance < 0.55) return { send: this.request() };
    if (chance < 0.8) return { hold: this.request() };
    if (chance < 0.97) return { release: below(stream, 100) };
    return { abort: below(stream, 100) };
  }

  private words(): Words {
    const { stream, kind } = this;
    if (kind !== 'reloads') return {};
    return stream.next() < 0.7 ? { weight: 1 + below(stream, 7) } : { max_conns: below(stream, 4) };
  }

  private behaviour(host: string): HostBehaviour {
    const { stream, kind, gone } = this;
    if (kind === 'statuses') return STATUSES[below(stream, STATUSES.length)]!;
    if (gone.delete(host)) return 200;
    gone.add(host);
    if (kind === 'hangs') return 'hangs';
    return stream.next() < 0.2 ? 'breaks' : 'refuses';
  }

  private request(): LiveRequest {
    const { stream } = this;
    this.requestCount += 1;
    const key = below(stream, 20);
    const octet = () => below(stream, 256);
    return {
      path: key === 0 ? '/' : `/p${below(stream, 4)}?k=user${key}`,
      method: stream.next() < 0.15 ? 'POST' : 'GET',
      address: `127.${octet()}.${octet()}.${1 + below(stream, 250)}`,
      headers: key === 0 ? {} : { 'x-key': `user${key}` },
    };
  }
}

/** Failures that expire: a trial, a second failure, a way back. */
function timed(): Story[] {
  const sends = (count: number): Action[] =>
    Array.from({ length: count }, () => ({ send: { path: '/?k=user1' } }));
  const actions: Action[] = [
    { host: 'a', behaviour: 'refuses' },
    ...sends(4),
    { sleep: 1 },
    ...sends(2),
    { sleep: 1.5 },
    ...sends(6),
    { host: 'a', behaviour: 200 },
    { sleep: 3 },
    ...sends(8),
  ];
  return METHODS.slice(0, 5).map((method, index) => ({
    name: `timed ${method.directive || 'round robin'}`,
    port: FIRST_TIMED_PORT + 5 * index,
    directive: method.directive,
    algorithm: method.algorithm,
    servers: {
      a: { weight: 2, max_fails: 2, fail_timeout: '2s' },
      b: { fail_timeout: '2s' },
      c: { fail_timeout: '2s' },
    },
    nextUpstream: 'error timeout',
    tries: 0,
    readTimeoutMs: 60_000,
    actions,
    timed: true,
  }));
}

function below(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}
