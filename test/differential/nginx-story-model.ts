import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { type Exchange, Failure } from '../../src/model/exchange.js';
import type { NginxPassage } from '../../src/model/products/nginx/peers.js';
import { nginx } from '../../src/model/products/nginx.js';
import { check } from '../../src/options/fields.js';
import { RandomSource } from '../../src/random/stream.js';
import { NginxWorld } from '../model/products/nginx-world.js';
import type { HostBehaviour, LiveRequest, Words } from './nginx-live.js';
import type { Driver, Ending, Held, Story } from './nginx-story.js';

/** Longer than a request takes that is answered at once, ms. */
const STEP_MS = 3;
const SEED = '430';

interface ModelHeld extends Held {
  readonly exchange: Exchange;
  readonly key: number;
  /** Of the answer: as the host was when the request came. */
  readonly answer: number;
}

/** The model of nginx with fake servers. */
export class ModelDriver implements Driver {
  private readonly world: NginxWorld;
  private readonly letters: readonly string[];
  /** Letters of the hosts that were tried, by request. */
  private readonly tried: string[] = [];
  private nowMs = 0;

  /** @param seconds of the actions, as the real run had them. */
  constructor(
    story: Story,
    private readonly seconds: readonly number[] = [],
  ) {
    this.letters = Object.keys(story.servers);
    const servers = Object.entries(story.servers).map(([host, words]) => [this.nameOf(host), words]);
    const options = {
      algorithm: story.algorithm,
      proxy_next_upstream: story.nextUpstream,
      proxy_next_upstream_tries: story.tries,
      proxy_read_timeout: `${story.readTimeoutMs}ms`,
      // Every request comes on a connection of its own.
      keepalive_timeout: '0s',
      upstream: { api: { servers: Object.fromEntries(servers) } },
    };
    this.world = new NginxWorld(options, this.letters.length, SEED, story.port + 1);
    this.watch();
  }

  async send(request: LiveRequest): Promise<Ending> {
    return this.ending(this.begin(request));
  }

  async hold(request: LiveRequest): Promise<Held | Ending> {
    const { servers } = this.world;
    for (const server of servers) {
      server.delayNs = Number.POSITIVE_INFINITY;
      server.held.length = 0;
    }
    const key = this.begin(request);
    const isHeld = () => servers.some(({ held }) => held.length > 0);
    while (!isHeld() && !this.world.endings.has(key)) this.goOn();
    for (const server of servers) server.delayNs = NS_PER_MS;
    const index = servers.findIndex(({ held }) => held.length > 0);
    if (index < 0) return this.ending(key);
    const { status: answer, held } = servers[index]!;
    const own: ModelHeld = { host: this.letters[index]!, exchange: held[0]!, key, answer };
    return own;
  }

  async release(held: Held): Promise<Ending> {
    const { exchange, answer, key } = held as ModelHeld;
    exchange.answer(answer, 1000);
    return this.ending(key);
  }

  async abort(held: Held): Promise<Ending> {
    this.world.giveUp((held as ModelHeld).key, this.nowMs);
    this.goOn();
    return { status: 0, tried: '' };
  }

  async ended(held: Held): Promise<Ending> {
    const { exchange, key } = held as ModelHeld;
    exchange.breakOff(Failure.closed);
    return this.ending(key);
  }

  async behave(host: string, behaviour: HostBehaviour): Promise<void> {
    const server = this.world.servers[this.letters.indexOf(host)]!;
    server.up = behaviour !== 'refuses';
    server.breaks = behaviour === 'breaks' ? Failure.closed : Failure.none;
    server.delayNs = behaviour === 'hangs' ? Number.POSITIVE_INFINITY : NS_PER_MS;
    server.status = typeof behaviour === 'number' ? behaviour : 200;
  }

  async change(host: string, words: Words): Promise<void> {
    const checked = check(nginx.serverParameters, words);
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.world.balancer.changeHost(this.nameOf(host), checked.value);
    this.watch();
  }

  async sleep(): Promise<void> {}

  /** Moves the clock on to the middle of nginx's second. */
  async second(index: number): Promise<number> {
    const phaseNs = new RandomSource(SEED).fork('balancer').stream('clock-phase').next() * NS_PER_SECOND;
    const second = this.seconds[index]!;
    const atMs = 1500 + second * 1000 - Math.floor(phaseNs / NS_PER_MS);
    if (this.nowMs < atMs) {
      this.nowMs = atMs;
      this.world.run(atMs);
    }
    return second;
  }

  private nameOf(host: string): string {
    return `api-${this.letters.indexOf(host) + 1}`;
  }

  private begin({ path, method, address, headers }: LiveRequest): number {
    const key = this.tried.length;
    this.tried.push('');
    this.world.request(key, this.nowMs, { path, method, address, headers });
    return key;
  }

  private ending(key: number): Ending {
    while (!this.world.endings.has(key)) this.goOn();
    const { status } = this.world.endings.get(key)!;
    return { status, tried: this.tried[key]! };
  }

  private goOn(): void {
    this.nowMs += STEP_MS;
    this.world.run(this.nowMs);
  }

  /** Writes down what the present upstream picks. */
  private watch(): void {
    const { upstream } = this.world.balancer.workers[0]!;
    const pick = upstream.pick.bind(upstream);
    upstream.pick = (passage, nowNs) => {
      const host = pick(passage, nowNs);
      const { keyLow } = (passage as NginxPassage).subject as Exchange;
      this.tried[keyLow] += host < 0 ? '-' : this.letters[host]!;
      return host;
    };
  }
}
