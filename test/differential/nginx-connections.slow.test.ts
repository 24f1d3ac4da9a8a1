import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/model/exchange.js';
import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import { NginxWorld } from '../model/products/nginx-world.js';
import { hasNginx, LiveNginx, moment, seed } from './nginx-live.js';
import { RawClient } from './nginx-raw-client.js';

/** One thing done to a connection; numbers are taken modulo how many there are. */
type ConnectionAction =
  /** A new one, and a request that is held. */
  | { readonly open: true }
  /** A held request is answered: its connection is idle from now on. */
  | { readonly release: number }
  /** Another request on an idle connection, which is held. */
  | { readonly reuse: number }
  /** The client closes an idle connection. */
  | { readonly close: number }
  /** The client of a held request goes away. */
  | { readonly abort: number };

const ACTIONS_COUNT = 120;

function connectionActions(stream: RandomStream, openMax: number): ConnectionAction[] {
  const below = (count: number) => Math.floor(stream.next() * count);
  let open = 0;
  return Array.from({ length: ACTIONS_COUNT }, (): ConnectionAction => {
    const chance = stream.next();
    if (chance < 0.35 && open < openMax) {
      open += 1;
      return { open: true };
    }
    if (chance < 0.65) return { release: below(100) };
    if (chance < 0.8) return { reuse: below(100) };
    open = Math.max(0, open - 1);
    return chance < 0.9 ? { close: below(100) } : { abort: below(100) };
  });
}

/** What both sides can do. A connection is a number, from 0. */
interface ConnectionsDriver {
  /** Opens connection `id` and sends a request that is held: `held`, the status of an answer at once, or `reset`. */
  open(id: number): Promise<string>;
  release(id: number): Promise<string>;
  /** As {@link open}, on a connection that is idle. */
  reuse(id: number): Promise<string>;
  close(id: number): Promise<void>;
  /** The idle connections among `ids` that nginx has not closed. */
  stillOpen(ids: readonly number[]): Promise<number[]>;
  /** Active, writing, waiting, accepts, handled, requests; the question left out. */
  counts(): Promise<readonly number[]>;
}

/** What every action showed: an ending, the connections that are idle, and the counters where they are asked for. */
async function play(
  actions: readonly ConnectionAction[],
  driver: ConnectionsDriver,
  asked: 'counts' | 'idle',
): Promise<string[]> {
  const held: number[] = [];
  let idle: number[] = [];
  let openedCount = 0;
  const take = (ids: number[], number: number) => ids.splice(number % ids.length, 1)[0]!;
  const shown: string[] = [];
  for (const action of actions) {
    let ending = '';
    if ('open' in action) {
      const id = openedCount++;
      ending = await driver.open(id);
      if (ending === 'held') held.push(id);
    } else if ('release' in action && held.length > 0) {
      const id = take(held, action.release);
      ending = await driver.release(id);
      idle.push(id);
    } else if ('reuse' in action && idle.length > 0) {
      const id = take(idle, action.reuse);
      ending = await driver.reuse(id);
      if (ending === 'held') held.push(id);
    } else if ('close' in action && idle.length > 0) {
      await driver.close(take(idle, action.close));
    } else if ('abort' in action && held.length > 0) {
      await driver.close(take(held, action.abort));
    }
    idle = await driver.stillOpen(idle);
    const counts = asked === 'counts' ? (await driver.counts()).join(' ') : '';
    shown.push(`${JSON.stringify(action)} ${ending} idle ${idle.join(' ')}; ${counts}`);
  }
  return shown;
}

class LiveConnections implements ConnectionsDriver {
  private readonly clients: RawClient[] = [];
  /** Responses that are not sent yet, and how the requests end. */
  private readonly held = new Map<number, { answer(): void; readonly ended: Promise<string> }>();
  private asked = 0;

  constructor(
    private readonly nginx: LiveNginx,
    private readonly port: number,
  ) {
    nginx.hosts.a!.holds = true;
  }

  open(id: number): Promise<string> {
    this.clients[id] = new RawClient(this.port);
    return this.reuse(id);
  }

  reuse(id: number): Promise<string> {
    const ended = this.clients[id]!.request('/');
    const arrived = new Promise<string>((resolve) => {
      this.nginx.hosts.a!.arrived = (response) => {
        this.held.set(id, { answer: () => response.end('x'), ended });
        resolve('held');
      };
    });
    return Promise.race([ended, arrived]);
  }

  release(id: number): Promise<string> {
    const { answer, ended } = this.held.get(id)!;
    this.held.delete(id);
    answer();
    return ended;
  }

  /** nginx reads of it before anything that comes later. */
  async close(id: number): Promise<void> {
    this.clients[id]!.destroy();
    await moment();
  }

  async stillOpen(ids: readonly number[]): Promise<number[]> {
    await moment();
    return ids.filter((id) => !this.clients[id]!.closed);
  }

  async counts(): Promise<readonly number[]> {
    const client = new RawClient(this.port);
    await client.request('/status');
    client.destroy();
    await moment();
    const numbers = client.body().match(/\d+/g)!.map(Number);
    const [active, accepts, handled, requests, , writing, waiting] = numbers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.asked += 1;
    return [
      active - 1,
      writing - 1,
      waiting,
      accepts - this.asked,
      handled - this.asked,
      requests - this.asked,
    ];
  }

  destroy(): void {
    for (const client of this.clients) client.destroy();
  }
}

class ModelConnections implements ConnectionsDriver {
  private readonly world: NginxWorld;
  /** The last request on each connection. */
  private readonly lastKey: number[] = [];
  private sentCount = 0;
  private nowMs = 0;

  constructor(workerConnections: number) {
    this.world = new NginxWorld({ worker_connections: workerConnections }, 1);
    this.world.servers[0]!.delayNs = Number.POSITIVE_INFINITY;
  }

  async open(id: number): Promise<string> {
    return this.send(id, {});
  }

  async reuse(id: number): Promise<string> {
    return this.send(id, { after: this.lastKey[id]! });
  }

  async release(id: number): Promise<string> {
    const { held } = this.world.servers[0]!;
    const index = held.findIndex(({ keyLow }) => keyLow === this.lastKey[id]);
    held.splice(index, 1)[0]!.answer(200, 1000);
    return this.ending(this.lastKey[id]!);
  }

  async close(id: number): Promise<void> {
    const key = this.lastKey[id]!;
    if (this.world.endings.has(key)) this.world.connectionOf(key).close?.();
    else this.world.giveUp(key, this.nowMs);
    this.goOn();
  }

  async stillOpen(ids: readonly number[]): Promise<number[]> {
    return ids.filter((id) => this.world.connectionOf(this.lastKey[id]!).open);
  }

  async counts(): Promise<readonly number[]> {
    const { active, writing, waiting, accepts, handled, requests } = this.world.balancer.status;
    return [active, writing, waiting, accepts, handled, requests];
  }

  private send(id: number, how: { readonly after?: number }): string {
    const key = this.sentCount++;
    this.lastKey[id] = key;
    this.world.request(key, this.nowMs, how);
    this.goOn();
    return this.world.endings.has(key) ? this.ending(key) : 'held';
  }

  private ending(key: number): string {
    this.goOn();
    const { failure, status } = this.world.endings.get(key)!;
    return failure === Failure.none ? String(status) : 'reset';
  }

  private goOn(): void {
    this.nowMs += 10;
    this.world.run(this.nowMs);
  }
}

async function playLive(
  port: number,
  workerConnections: number,
  actions: readonly ConnectionAction[],
  asked: 'counts' | 'idle',
): Promise<string[]> {
  const nginx = new LiveNginx({ port, servers: { a: {} }, workerConnections });
  const driver = new LiveConnections(nginx, port);
  try {
    await nginx.start();
    // The connections that found out whether it listens are counted, too.
    const before = asked === 'counts' ? await driver.counts() : [];
    const shown = await play(actions, driver, asked);
    return shown.map((line) => withoutStart(line, before));
  } finally {
    driver.destroy();
    await nginx.stop();
  }
}

function withoutStart(line: string, before: readonly number[]): string {
  const [text, counts = ''] = line.split('; ');
  const numbers = counts.split(' ').map((count, index) => Number(count) - (before[index] ?? 0));
  return `${text}; ${before.length === 0 ? '' : numbers.join(' ')}`;
}

describe.runIf(hasNginx())('connections of nginx on this machine', () => {
  it(`are counted by stub_status as the model counts (seed ${seed})`, async () => {
    const stream = new RandomSource(seed).stream('connections/counts');
    const actions = connectionActions(stream, 20);
    const shown = await playLive(20_950, 256, actions, 'counts');
    expect(await play(actions, new ModelConnections(256), 'counts')).toEqual(shown);
  });

  it.each([6, 7, 8, 11, 16, 24])(
    `are reset, answered with 500 or make room as the model's where there are %i (seed ${seed})`,
    async (workerConnections) => {
      const stream = new RandomSource(seed).stream(`connections/${workerConnections}`);
      const actions = connectionActions(stream, 30);
      const shown = await playLive(
        20_952 + ((2 * (workerConnections - 6)) % 18),
        workerConnections,
        actions,
        'idle',
      );
      expect(await play(actions, new ModelConnections(workerConnections), 'idle')).toEqual(shown);
    },
  );
});
