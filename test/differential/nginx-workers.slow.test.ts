import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/model/exchange.js';
import type { NginxUpstream } from '../../src/model/products/nginx/upstream.js';
import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import { NginxWorld } from '../model/products/nginx-world.js';
import { hasNginx, inParallel, LiveNginx, moment, seed, type Words } from './nginx-live.js';

/** Two workers, and for every action the one that has the connection it is sent on: nothing is left to the kernel. */
interface WorkersStory {
  readonly name: string;
  readonly port: number;
  readonly zone: boolean;
  readonly directive: string;
  readonly algorithm: string;
  readonly servers: Readonly<Record<string, Words>>;
  readonly actions: readonly WorkersAction[];
}

type WorkersAction =
  | { readonly send: 0 | 1 }
  | { readonly hold: 0 | 1 }
  | { readonly release: number }
  | { readonly host: string; readonly up: boolean };

const WORKERS = 2;
/** Requests held at once on connections of one worker. */
const HELD_MAX = 4;
const ACTIONS_COUNT = 200;
const FIRST_PORT = 20_130;
const HOSTS = ['a', 'b', 'c'];

function workersStories(): WorkersStory[] {
  return Array.from({ length: 8 }, (_, index) => {
    const stream = new RandomSource(seed).stream(`workers/${index}`);
    const least = index % 4 >= 2;
    const servers = HOSTS.map((host) => [host, parameters(stream)] as const);
    return {
      name: `${index}`,
      port: FIRST_PORT + 5 * index,
      zone: index % 2 === 1,
      directive: least ? 'least_conn;' : '',
      algorithm: least ? 'least_conn' : 'round_robin',
      servers: Object.fromEntries(servers),
      actions: Array.from({ length: ACTIONS_COUNT }, () => action(stream)),
    };
  });
}

function parameters(stream: RandomStream): Words {
  return {
    fail_timeout: '1000s',
    max_fails: below(stream, 4),
    weight: 1 + below(stream, 4),
    max_conns: stream.next() < 0.5 ? 0 : 1 + below(stream, 3),
  };
}

function action(stream: RandomStream): WorkersAction {
  const chance = stream.next();
  const worker = below(stream, WORKERS) as 0 | 1;
  if (chance < 0.5) return { send: worker };
  if (chance < 0.75) return { hold: worker };
  if (chance < 0.92) return { release: below(stream, 100) };
  return { host: HOSTS[below(stream, HOSTS.length)]!, up: stream.next() < 0.5 };
}

function below(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}

/** What both sides can do. */
interface WorkersDriver {
  /** Ends as `ab502`, or stays with a host: `undefined`. */
  start(worker: number, how: 'send' | 'hold'): Promise<string | undefined>;
  /** Answers the request held longest but `index` (on whichever connection). */
  release(index: number): Promise<string>;
  setUp(host: string, up: boolean): Promise<void>;
}

/** Requests are held up to {@link HELD_MAX} a worker; all are answered before a host goes away. */
async function play(story: WorkersStory, driver: WorkersDriver): Promise<string[]> {
  const held: number[] = [];
  const shown: string[] = [];
  for (const each of story.actions) {
    if ('send' in each) {
      shown.push((await driver.start(each.send, 'send'))!);
    } else if ('hold' in each) {
      if (held.filter((worker) => worker === each.hold).length === HELD_MAX) continue;
      const ended = await driver.start(each.hold, 'hold');
      if (ended === undefined) held.push(each.hold);
      else shown.push(ended);
    } else if ('release' in each) {
      if (held.length === 0) continue;
      const index = each.release % held.length;
      held.splice(index, 1);
      shown.push(await driver.release(index));
    } else {
      for (; held.length > 0; held.pop()) shown.push(await driver.release(held.length - 1));
      await driver.setUp(each.host, each.up);
    }
  }
  for (; held.length > 0; held.pop()) shown.push(await driver.release(held.length - 1));
  return shown;
}

function textOf({ status, tried }: { status: number; tried: string }): string {
  return status === 200 ? tried : `${tried}${status}`;
}

interface LiveHeld {
  readonly ended: Promise<string>;
  answer(): void;
}

class LiveWorkers implements WorkersDriver {
  private readonly held: LiveHeld[] = [];

  /** @param idle kept connections without a request, by worker. */
  constructor(
    private readonly nginx: LiveNginx,
    private readonly idle: Agent[][],
  ) {}

  async start(worker: number, how: 'send' | 'hold'): Promise<string | undefined> {
    const { hosts } = this.nginx;
    const agent = this.idle[worker]!.pop()!;
    for (const host of Object.values(hosts)) host.holds = how === 'hold';
    const call = this.nginx.send({ path: '/', agent });
    const ended = call.ended.then((ending) => {
      this.idle[worker]!.push(agent);
      return textOf(ending);
    });
    const arrived = new Promise<undefined>((resolve) => {
      for (const host of Object.values(hosts)) {
        host.arrived = (response) => {
          if (how !== 'hold') return;
          this.held.push({ ended, answer: () => response.end('x') });
          resolve(undefined);
        };
      }
    });
    return Promise.race([ended, arrived]);
  }

  release(index: number): Promise<string> {
    const [held] = this.held.splice(index, 1);
    held!.answer();
    return held!.ended;
  }

  setUp(host: string, up: boolean): Promise<void> {
    return this.nginx.hosts[host]!.behave(up ? 200 : 'refuses');
  }
}

async function playLive(story: WorkersStory): Promise<string[]> {
  const nginx = new LiveNginx({
    port: story.port,
    servers: story.servers,
    upstream: `${story.zone ? 'zone api 64k;' : ''} ${story.directive}`,
    workers: WORKERS,
  });
  const agents: Agent[] = [];
  try {
    await nginx.start();
    const idle = await connections(nginx, agents);
    return await play(story, new LiveWorkers(nginx, idle));
  } finally {
    for (const agent of agents) agent.destroy();
    await nginx.stop();
  }
}

/** Kept connections of every worker: while the others are stopped, one worker must accept. */
async function connections(nginx: LiveNginx, agents: Agent[]): Promise<Agent[][]> {
  const pids = nginx.workerPids().map(Number);
  const idle: Agent[][] = [];
  for (const pid of pids) {
    const others = pids.filter((other) => other !== pid);
    for (const other of others) await suspend(other);
    const own = Array.from({ length: HELD_MAX + 1 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    agents.push(...own);
    for (const agent of own) {
      const { body } = await nginx.send({ path: '/pid', agent }).ended;
      expect(body).toBe(String(pid));
    }
    for (const other of others) process.kill(other, 'SIGCONT');
    idle.push(own);
  }
  return idle;
}

/** Ends when it has: a worker that is woken for a connection and stopped then would keep it from the others. */
async function suspend(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!/^\d+ \(nginx\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await moment();
}

interface ModelHeld {
  readonly key: number;
  readonly exchange: Exchange;
}

class ModelWorkers implements WorkersDriver {
  private readonly world: NginxWorld;
  private readonly held: ModelHeld[] = [];
  private readonly tried: string[] = [];
  private nowMs = 0;

  constructor(story: WorkersStory) {
    const servers = Object.entries(story.servers).map(([host, words]) => [nameOf(host), words]);
    const options = {
      worker_processes: WORKERS,
      algorithm: story.algorithm,
      zone: story.zone,
      upstream: { api: { servers: Object.fromEntries(servers) } },
    };
    this.world = new NginxWorld(options, HOSTS.length);
    const upstreams = new Set(this.world.balancer.workers.map(({ upstream }) => upstream as NginxUpstream));
    for (const upstream of upstreams) this.watch(upstream);
  }

  async start(worker: number, how: 'send' | 'hold'): Promise<string | undefined> {
    const { world } = this;
    for (const server of world.servers) {
      server.delayNs = how === 'hold' ? Number.POSITIVE_INFINITY : 1e6;
      server.held.length = 0;
    }
    const key = this.tried.length;
    this.tried.push('');
    world.request(key, this.nowMs);
    // A worker with something to do does not accept.
    const others = world.balancer.workers.filter((_, index) => index !== worker);
    for (const other of others) other.pendingCount += 1;
    this.goOn();
    for (const other of others) other.pendingCount -= 1;
    const exchange = world.servers.flatMap((server) => server.held).at(0);
    if (exchange === undefined) return this.ending(key);
    this.held.push({ key, exchange });
    return undefined;
  }

  async release(index: number): Promise<string> {
    const [held] = this.held.splice(index, 1);
    held!.exchange.answer(200, 1000);
    this.goOn();
    return this.ending(held!.key);
  }

  async setUp(host: string, up: boolean): Promise<void> {
    this.world.servers[HOSTS.indexOf(host)]!.up = up;
  }

  private ending(key: number): string {
    return textOf({ status: this.world.endings.get(key)!.status, tried: this.tried[key]! });
  }

  private goOn(): void {
    this.nowMs += 10;
    this.world.run(this.nowMs);
  }

  private watch(upstream: NginxUpstream): void {
    const pick = upstream.pick.bind(upstream);
    upstream.pick = (passage, nowNs) => {
      const host = pick(passage, nowNs);
      this.tried[(passage.subject as Exchange).keyLow] += HOSTS[host] ?? '-';
      return host;
    };
  }
}

function nameOf(host: string): string {
  return `api-${HOSTS.indexOf(host) + 1}`;
}

describe.runIf(hasNginx())('two workers of nginx on this machine', () => {
  it(`see their servers apart, and together with zone, as the model's do (seed ${seed})`, async () => {
    const stories = workersStories();
    const shown = await inParallel(stories, 4, playLive);
    const differences: string[] = [];
    for (const [index, story] of stories.entries()) {
      const real = shown[index]!;
      const model = await play(story, new ModelWorkers(story));
      expect(real.length).toBeGreaterThan(ACTIONS_COUNT / 2);
      const first = real.findIndex((text, position) => text !== model[position]);
      if (first < 0) continue;
      differences.push(`story ${story.name}, ending ${first}: nginx ${real[first]}, model ${model[first]}`);
    }
    expect(differences).toEqual([]);
  });
});
