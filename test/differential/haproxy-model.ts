import { NO_HOST, TryResult, WAITS } from '../../src/model/balancer.js';
import type { HaproxyBackend } from '../../src/model/products/haproxy/backend.js';
import type { HaproxyPassage } from '../../src/model/products/haproxy/passage.js';
import { Admin } from '../../src/model/products/haproxy/server.js';
import { haproxy } from '../../src/model/products/haproxy.js';
import { check } from '../../src/options/fields.js';
import { RandomSource } from '../../src/random/stream.js';
import {
  type Action,
  letter,
  type Outcome,
  render,
  type Scenario,
  type StoryRequest,
  type Target,
} from './haproxy-scenario.js';

interface Request {
  readonly id: number;
  readonly passage: HaproxyPassage;
  host: number;
}

/** The backend of a scenario. */
export function backendOf(
  scenario: Scenario,
  assigned: (passage: HaproxyPassage, host: number) => void,
): HaproxyBackend {
  const options = {
    algorithm: scenario.balance,
    ...(scenario.hashType === undefined ? {} : { 'hash-type': scenario.hashType }),
    'hash-balance-factor': scenario.balanceFactor ?? 0,
    fullconn: scenario.fullconn,
    retries: scenario.retries,
    option: [
      ...(scenario.redispatch === undefined ? [] : [`redispatch ${scenario.redispatch}`]),
      ...(scenario.allBackups ? ['allbackups'] : []),
    ],
    upstream: {
      api: { servers: Object.fromEntries(scenario.servers.map((server, host) => [letter(host), server])) },
    },
  };
  const checked = check(haproxy.options, options);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return haproxy.createSelector(checked.value, {
    hosts: scenario.servers.map((_, host) => ({ name: letter(host), service: 'api', address: letter(host) })),
    stream: new RandomSource('430').stream('random'),
    assigned: assigned as (passage: unknown, host: number) => void,
  }) as HaproxyBackend;
}

/** Plays a story to the selector. What happens at once in the real program happens here in the order in which it begins. */
export class ModelTarget implements Target {
  private readonly backend: HaproxyBackend;
  private readonly requests = new Map<HaproxyPassage, Request>();
  private readonly heldRequests = new Map<number, Request>();
  private readonly dead = new Set<number>();
  private readonly statuses: number[];
  /** Connections under way. */
  private attempts: Request[] = [];
  /** Requests that wait before they try the same host again. */
  private turnArounds: Request[] = [];
  private outcome: Outcome & {
    readonly arrived: Map<number, number>;
    readonly ended: Map<number, number>;
    readonly refused: number[];
    waits: boolean;
  };
  private nowNs = 0;

  constructor(private readonly scenario: Scenario) {
    this.backend = backendOf(scenario, (passage, host) => this.go(this.requests.get(passage)!, host));
    this.statuses = scenario.servers.map(() => 200);
    this.outcome = this.emptyOutcome(undefined);
  }

  held(host?: number): number[] {
    const all = [...this.heldRequests.values()];
    return all
      .filter((request) => host === undefined || request.host === host)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  }

  act(action: Action): Promise<string> {
    // No two requests are queued within one millisecond.
    this.nowNs += 1e7;
    const own = action.kind === 'send' || action.kind === 'hold' ? action.id : undefined;
    this.outcome = this.emptyOutcome(own);
    this.begin(action);
    this.settle();
    const sent = action.kind === 'send' ? this.heldRequests.get(action.id) : undefined;
    if (sent !== undefined && !this.outcome.waits) {
      this.answer(sent, this.statuses[sent.host]! < 0 ? 502 : undefined);
      this.settle();
    }
    return Promise.resolve(render(this.outcome));
  }

  private begin(action: Action): void {
    switch (action.kind) {
      case 'send':
      case 'hold':
        this.start(action.id, action.request);
        break;
      case 'release':
        this.answer(this.heldRequests.get(action.id)!, undefined);
        break;
      case 'kill':
        this.dead.add(action.host);
        for (const id of this.held(action.host)) this.answer(this.heldRequests.get(id)!, 502);
        break;
      case 'start':
        this.dead.delete(action.host);
        break;
      case 'status':
        this.statuses[action.host] = action.status;
        break;
      case 'change':
        this.change(action);
    }
  }

  private change({ host, key, value }: Extract<Action, { kind: 'change' }>): void {
    const { backend, nowNs } = this;
    if (key === 'weight') backend.setWeight(host, Number(value), nowNs);
    if (key === 'maxconn') backend.setMaxconn(host, Number(value), nowNs);
    if (key === 'state') backend.setAdmin(host, Admin[value as keyof typeof Admin], nowNs);
    if (key === 'health' && value === 'up') backend.setUp(host, nowNs);
    if (key === 'health' && value === 'down') backend.setDown(host, nowNs);
  }

  private start(id: number, { path, user, address }: StoryRequest): void {
    const headers: Record<string, string> = user === undefined ? {} : { 'x-user': user };
    const passage = this.backend.begin({
      clientAddress: address,
      endpoint: { method: 'GET', path, headers },
    });
    const request: Request = { id, passage, host: NO_HOST };
    this.requests.set(passage, request);
    this.pick(request);
  }

  /** The request asks for a host. It connects before those that its asking has woken. */
  private pick(request: Request): void {
    const before = this.attempts;
    this.attempts = [];
    const host = this.backend.pick(request.passage, this.nowNs);
    const woken = this.attempts;
    this.attempts = before;
    this.go(request, host);
    this.attempts.push(...woken);
  }

  private go(request: Request, host: number): void {
    if (host === WAITS) {
      if (request.id === this.outcome.own) this.outcome.waits = true;
      return;
    }
    if (host === NO_HOST) {
      this.end(request, 503);
      return;
    }
    request.host = host;
    this.attempts.push(request);
  }

  private settle(): void {
    for (;;) {
      const request = this.attempts.shift();
      if (request !== undefined) {
        this.connect(request);
        continue;
      }
      const waited = this.turnArounds;
      if (waited.length === 0) return;
      this.turnArounds = [];
      this.nowNs += 1e7;
      for (const next of waited) this.pick(next);
    }
  }

  private connect(request: Request): void {
    const { host, id, passage } = request;
    if (!this.dead.has(host)) {
      this.outcome.arrived.set(id, host);
      if (id === this.outcome.own) this.outcome.waits = false;
      this.heldRequests.set(id, request);
      return;
    }
    this.outcome.refused[host]! += 1;
    this.backend.finish(passage, TryResult.failed, this.nowNs);
    if (passage.over) this.end(request, 503);
    else if (passage.waits) this.turnArounds.push(request);
    else this.pick(request);
  }

  /** The host answers, or (502) its connection breaks. */
  private answer(request: Request, status: number | undefined): void {
    this.heldRequests.delete(request.id);
    this.end(request, status ?? Math.max(200, this.statuses[request.host]!));
    this.backend.finish(request.passage, TryResult.success, this.nowNs);
  }

  private end(request: Request, status: number): void {
    this.outcome.ended.set(request.id, status);
    this.requests.delete(request.passage);
  }

  private emptyOutcome(own: number | undefined) {
    const refused = this.scenario.servers.map(() => 0);
    return {
      own,
      arrived: new Map<number, number>(),
      ended: new Map<number, number>(),
      refused,
      waits: false,
    };
  }
}
