import type { IncomingMessage, ServerResponse } from 'node:http';
import { LiveHaproxy, LiveHost } from './haproxy-live.js';
import { type Action, render, type Scenario, type StoryRequest, type Target } from './haproxy-scenario.js';

/** How long an action may take to settle, ms: some refused tries with their waits, on a machine that is busy. */
const SETTLE_MS_MAX = 20_000;

interface Held {
  readonly id: number;
  readonly host: number;
  readonly response: ServerResponse;
}

/** Plays a story to the real HAProxy. */
export class LiveTarget implements Target {
  private readonly haproxy: LiveHaproxy;
  private readonly hosts: LiveHost[];
  private readonly statuses: number[];
  private readonly heldRequests = new Map<number, Held>();
  /** Requests without an answer. */
  private readonly open = new Set<number>();
  private arrived = new Map<number, number>();
  private ended = new Map<number, number>();
  private connects: number[];
  private waits = false;
  /** Arrivals and ends so far. */
  private changes = 0;
  private wake: (() => void) | undefined;

  constructor(scenario: Scenario, port: number) {
    this.haproxy = new LiveHaproxy(port, linesOf(scenario), scenario.servers.map(wordsOf));
    this.hosts = scenario.servers.map(
      (_, host) => new LiveHost(port + 1 + host, (call, response) => this.arrive(host, call, response)),
    );
    this.statuses = scenario.servers.map(() => 200);
    this.connects = scenario.servers.map(() => 0);
  }

  async start(): Promise<void> {
    for (const host of this.hosts) await host.start();
    await this.haproxy.start();
  }

  async stop(): Promise<void> {
    await this.haproxy.stop();
    for (const host of this.hosts) await host.stop();
  }

  held(host?: number): number[] {
    const all = [...this.heldRequests];
    return all
      .filter(([, request]) => host === undefined || request.host === host)
      .map(([id]) => id)
      .sort((a, b) => a - b);
  }

  async act(action: Action): Promise<string> {
    const own = action.kind === 'send' || action.kind === 'hold' ? action.id : undefined;
    this.arrived = new Map();
    this.ended = new Map();
    this.waits = false;
    const connectsBefore = this.connects;
    await this.begin(action);
    await this.settle(own);
    const sent = action.kind === 'send' ? this.heldRequests.get(action.id) : undefined;
    if (sent !== undefined && !this.waits) {
      // Only now: what refused tries bring about takes its time, too.
      if (this.statuses[sent.host]! < 0) this.breakOff(sent.id);
      else this.answer(sent.id);
      await this.settle(own);
    }
    const reached = [...this.arrived.values()];
    const refused = this.connects.map(
      (count, host) => count - connectsBefore[host]! - reached.filter((at) => at === host).length,
    );
    const { arrived, ended, waits } = this;
    return render({ own, arrived, ended, refused, waits });
  }

  private async begin(action: Action): Promise<void> {
    switch (action.kind) {
      case 'send':
      case 'hold':
        this.send(action.id, action.request);
        return;
      case 'release':
        this.answer(action.id);
        return;
      case 'kill':
        for (const [id, { host }] of this.heldRequests)
          if (host === action.host) this.heldRequests.delete(id);
        await this.hosts[action.host]!.stop();
        return;
      case 'start':
        await this.hosts[action.host]!.start();
        return;
      case 'status':
        this.statuses[action.host] = action.status;
        return;
      case 'change': {
        const server = `api/${String.fromCharCode(97 + action.host)}`;
        await this.haproxy.command(
          action.key === 'maxconn'
            ? `set maxconn server ${server} ${action.value}`
            : `set server ${server} ${action.key} ${action.value}`,
        );
      }
    }
  }

  private send(id: number, { path, user, address }: StoryRequest): void {
    const headers: Record<string, string> = { 'X-Id': String(id) };
    if (user !== undefined) headers['X-User'] = user;
    this.open.add(id);
    void this.haproxy.send(path, headers, address).then(({ status }) => {
      this.open.delete(id);
      this.heldRequests.delete(id);
      this.ended.set(id, status);
      this.changed();
    });
  }

  private arrive(host: number, call: IncomingMessage, response: ServerResponse): void {
    const id = Number(call.headers['x-id']);
    this.arrived.set(id, host);
    this.heldRequests.set(id, { id, host, response });
    this.changed();
  }

  private answer(id: number): void {
    const { host, response } = this.heldRequests.get(id)!;
    this.heldRequests.delete(id);
    response.statusCode = Math.max(200, this.statuses[host]!);
    response.end('x');
  }

  private breakOff(id: number): void {
    this.heldRequests.get(id)!.response.destroy();
    this.heldRequests.delete(id);
  }

  private changed(): void {
    this.changes += 1;
    this.wake?.();
  }

  /**
   * Waits until every request without an answer is with a host or in a queue, and HAProxy agrees.
   */
  private async settle(own: number | undefined): Promise<void> {
    const deadline = Date.now() + SETTLE_MS_MAX;
    for (;;) {
      const before = this.changes;
      const { servers, queued, sessions } = await this.haproxy.stat();
      const waiting = queued + servers.reduce((sum, server) => sum + server.queued, 0);
      const connected = servers.reduce((sum, server) => sum + server.sessions, 0);
      const isSettled =
        // What HAProxy said is of the same moment as what is known here.
        before === this.changes &&
        this.open.size === this.heldRequests.size + waiting &&
        connected === this.heldRequests.size &&
        sessions === this.open.size;
      if (isSettled) {
        if (own !== undefined && this.open.has(own) && !this.heldRequests.has(own)) this.waits = true;
        this.connects = servers.map((server) => server.connects);
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(
          `does not settle: ${this.open.size} open, ${this.heldRequests.size} held, ${waiting} waiting, ` +
            `${connected} connected, ${sessions} in the backend`,
        );
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 2);
      });
      this.wake = undefined;
    }
  }
}

function linesOf(scenario: Scenario): string[] {
  return [
    `balance ${scenario.balance}`,
    ...(scenario.hashType === undefined ? [] : [`hash-type ${scenario.hashType}`]),
    ...(scenario.balanceFactor === undefined ? [] : [`hash-balance-factor ${scenario.balanceFactor}`]),
    `fullconn ${scenario.fullconn}`,
    `retries ${scenario.retries}`,
    ...(scenario.redispatch === undefined ? [] : [`option redispatch ${scenario.redispatch}`]),
    ...(scenario.allBackups ? ['option allbackups'] : []),
    'http-reuse never',
    // Bounds the wait before a retry, too.
    'timeout connect 50ms',
    'timeout queue 10m',
    'timeout client 10m',
    'timeout server 10m',
  ];
}

function wordsOf(server: Scenario['servers'][number]): string {
  return Object.entries(server)
    .map(([key, value]) => (value === true ? key : value === false ? '' : `${key} ${value}`))
    .join(' ');
}
