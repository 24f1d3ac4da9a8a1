import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import type { Action, Scenario } from './nginx-scenario.js';

const METHODS: readonly { directive: string; algorithm: unknown; allowsBackup: boolean }[] = [
  { directive: '', algorithm: 'round_robin', allowsBackup: true },
  { directive: 'least_conn;', algorithm: 'least_conn', allowsBackup: true },
  { directive: 'ip_hash;', algorithm: 'ip_hash', allowsBackup: false },
  { directive: 'hash $arg_k;', algorithm: { hash: { key: '$arg_k' } }, allowsBackup: false },
  {
    directive: 'hash $arg_k consistent;',
    algorithm: { hash: { key: '$arg_k', consistent: true } },
    allowsBackup: false,
  },
];

const ACTIONS_COUNT = 60;

/** Stories drawn with a fixed seed, over every method that does not draw itself, and some on the clock. */
export function scenarios(): Scenario[] {
  const drawn: Scenario[] = [];
  for (let index = 0; index < 40; index += 1) drawn.push(draw(index));
  return [...drawn, ...timed()];
}

function draw(index: number): Scenario {
  const stream = new RandomSource('430').stream(`scenario/${index}`);
  const method = METHODS[index % METHODS.length]!;
  const count = 1 + pick(stream, 5);
  const servers: Record<string, Record<string, string | number | boolean>> = {};
  for (let host = 0; host < count; host += 1) {
    servers[String.fromCharCode(97 + host)] = parameters(stream, host, method.allowsBackup);
  }
  return {
    name: `${index}`,
    directive: method.directive,
    algorithm: method.algorithm,
    servers,
    actions: actions(stream, Object.keys(servers)),
    timed: false,
  };
}

function parameters(stream: RandomStream, host: number, allowsBackup: boolean) {
  const words: Record<string, string | number | boolean> = {};
  if (stream.next() < 0.6) words.weight = 1 + pick(stream, 7);
  if (stream.next() < 0.4) words.max_fails = pick(stream, 5);
  if (stream.next() < 0.2) words.max_conns = 1 + pick(stream, 3);
  if (host > 0 && stream.next() < 0.15) words.down = true;
  if (host > 0 && allowsBackup && stream.next() < 0.2) words.backup = true;
  // Long enough that nothing comes back within an untimed story.
  words.fail_timeout = '60s';
  return words;
}

function actions(stream: RandomStream, hosts: readonly string[]): Action[] {
  const list: Action[] = [];
  const dead = new Set<string>();
  while (list.length < ACTIONS_COUNT) {
    const chance = stream.next();
    const host = hosts[pick(stream, hosts.length)]!;
    const key = pick(stream, 12);
    if (chance < 0.55) list.push({ send: key === 0 ? '/' : `/?k=user${key}` });
    else if (chance < 0.8) list.push({ hold: true });
    else if (chance < 0.9) list.push({ release: true });
    else if (dead.delete(host)) list.push({ start: host });
    else {
      // Requests in flight would be cut: let them end first.
      list.push({ release: true }, { kill: host });
      dead.add(host);
    }
  }
  return [...list, { release: true }];
}

/** Failures that expire: a trial, a second failure, a way back. */
function timed(): Scenario[] {
  const sends = (count: number): Action[] => Array.from({ length: count }, () => ({ send: '/?k=user1' }));
  const story: Action[] = [
    { kill: 'a' },
    ...sends(4),
    { sleep: 1 },
    ...sends(2),
    { sleep: 1.5 },
    ...sends(6),
    { start: 'a' },
    { sleep: 3 },
    ...sends(8),
  ];
  return METHODS.map((method, index) => ({
    name: `timed-${index}`,
    directive: method.directive,
    algorithm: method.algorithm,
    servers: {
      a: { weight: 2, max_fails: 2, fail_timeout: '2s' },
      b: { fail_timeout: '2s' },
      c: { fail_timeout: '2s' },
    },
    actions: story,
    timed: true,
  }));
}

function pick(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}
