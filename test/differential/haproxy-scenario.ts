import type { RandomStream } from '../../src/random/stream.js';

/** What a request carries. */
export interface StoryRequest {
  readonly path: string;
  /** Value of `X-User`; none if absent. */
  readonly user?: string;
  /** `127.0.0.7`. */
  readonly address: string;
}

/** One thing done to the proxy or its hosts. Requests are numbered, hosts too. */
export type Action =
  /** A request that is answered as soon as nothing else moves, unless it had to wait before. */
  | { readonly kind: 'send'; readonly id: number; readonly request: StoryRequest }
  /** A request that stays with its host. */
  | { readonly kind: 'hold'; readonly id: number; readonly request: StoryRequest }
  /** A request in flight is answered. */
  | { readonly kind: 'release'; readonly id: number }
  /** The host's process ends: its connections break, new ones are refused. */
  | { readonly kind: 'kill'; readonly host: number }
  | { readonly kind: 'start'; readonly host: number }
  /** From now on the host answers with that status; -1: it breaks the connection of a request that is sent to it. */
  | { readonly kind: 'status'; readonly host: number; readonly status: number }
  /** The runtime API: `set server api/b weight 3`, or `maxconn`, `state`, `health`. */
  | { readonly kind: 'change'; readonly host: number; readonly key: ChangeKey; readonly value: string };

export type ChangeKey = 'weight' | 'maxconn' | 'state' | 'health';

/** Parameters of one server, in HAProxy's words. */
export interface StoryServer {
  readonly weight: number;
  readonly maxconn?: number;
  readonly minconn?: number;
  readonly maxqueue?: number;
  readonly backup?: boolean;
  readonly disabled?: boolean;
}

/** A backend, and how its story is drawn. */
export interface Scenario {
  readonly name: string;
  /** Behind `balance`: `uri depth 2`. */
  readonly balance: string;
  /** Behind `hash-type`. */
  readonly hashType?: string;
  readonly balanceFactor?: number;
  readonly fullconn: number;
  readonly retries: number;
  /** Behind `option redispatch`; absent: off. */
  readonly redispatch?: number;
  readonly allBackups: boolean;
  readonly servers: readonly StoryServer[];
  /** Part of the requests that are held. */
  readonly holdPart: number;
  /** Requests held at most. */
  readonly heldMax: number;
  /** True: hosts die and come back. */
  readonly kills: boolean;
  /** True: weights, limits and states of servers change. */
  readonly changes: boolean;
}

/** The real program, or the model. */
export interface Target {
  /** Does it, waits until nothing moves, and tells what happened: see {@link render}. */
  act(action: Action): Promise<string>;
  /** Requests in flight with a host, by number, ascending; of all hosts unless one is given. */
  held(host?: number): readonly number[];
}

/** What one action brought about. */
export interface Outcome {
  /** The action's own request. */
  readonly own: number | undefined;
  /** Host that a request reached, by number of the request. */
  readonly arrived: ReadonlyMap<number, number>;
  /** Status of the answer of requests that ended; 0: none came. */
  readonly ended: ReadonlyMap<number, number>;
  /** Tries that hosts refused, by host. */
  readonly refused: readonly number[];
  /** True: the own request waits. */
  readonly waits: boolean;
}

/** Requests per story. */
export const REQUESTS = 300;

const CHANCE_KILL = 0.03;
const CHANCE_STATUS = 0.05;
const CHANCE_CHANGE = 0.1;
/** Releases per held request: as many are held in the end as hosts and queues take. */
const RELEASE_PART = 0.8;

/** Plays a story that is drawn from `stream` as it goes; one text per action. */
export async function play(scenario: Scenario, stream: RandomStream, target: Target): Promise<string[]> {
  const script = new Script(scenario, stream);
  const shown: string[] = [];
  while (script.requests < REQUESTS) shown.push(await target.act(script.next(target)));
  // All hosts come back, and everything ends.
  for (const action of script.revival()) shown.push(await target.act(action));
  for (let held = target.held(); held.length > 0; held = target.held()) {
    shown.push(await target.act({ kind: 'release', id: held[0]! }));
  }
  return shown;
}

/** Draws actions. */
class Script {
  requests = 0;
  private readonly dead = new Set<number>();

  constructor(
    private readonly scenario: Scenario,
    private readonly stream: RandomStream,
  ) {}

  next(target: Target): Action {
    const { scenario } = this;
    const held = target.held();
    const host = this.below(scenario.servers.length);
    const chance = this.stream.next();
    // The order in which several connections break is the kernel's, and not the same every time.
    if (chance < CHANCE_KILL && scenario.kills && target.held(host).length < 2) return this.killOrStart(host);
    if (chance < CHANCE_STATUS) {
      return { kind: 'status', host, status: [200, 200, 500, 503, -1][this.below(5)]! };
    }
    if (chance < CHANCE_CHANGE && scenario.changes) return this.change(host);
    const part = this.stream.next();
    if (held.length >= scenario.heldMax || (held.length > 0 && part < scenario.holdPart * RELEASE_PART)) {
      return { kind: 'release', id: held[this.below(held.length)]! };
    }
    const id = this.requests++;
    const kind = this.stream.next() < scenario.holdPart ? 'hold' : 'send';
    return { kind, id, request: this.request() };
  }

  revival(): Action[] {
    return this.scenario.servers.flatMap((_, host): Action[] => [
      ...(this.dead.has(host) ? [{ kind: 'start' as const, host }] : []),
      { kind: 'change', host, key: 'state', value: 'ready' },
      { kind: 'change', host, key: 'health', value: 'up' },
    ]);
  }

  private killOrStart(host: number): Action {
    if (this.dead.delete(host)) return { kind: 'start', host };
    this.dead.add(host);
    return { kind: 'kill', host };
  }

  private change(host: number): Action {
    const draw = this.stream.next();
    const server = this.scenario.servers[host]!;
    if (draw < 0.35) {
      return { kind: 'change', host, key: 'health', value: this.stream.next() < 0.4 ? 'down' : 'up' };
    }
    if (draw < 0.65) {
      const value = ['ready', 'ready', 'drain', 'maint'][this.below(4)]!;
      return { kind: 'change', host, key: 'state', value };
    }
    if (draw < 0.8 && server.maxconn !== undefined) {
      return { kind: 'change', host, key: 'maxconn', value: String(1 + this.below(4)) };
    }
    // A static algorithm knows no other weights.
    const weight = this.below(3) === 0 ? server.weight : this.weight(server);
    return { kind: 'change', host, key: 'weight', value: String(weight) };
  }

  private weight(server: StoryServer): number {
    const { balance, hashType } = this.scenario;
    const isDynamic =
      /^(roundrobin|leastconn|first|random)/.test(balance) || hashType?.startsWith('consistent') === true;
    if (isDynamic) return this.below(6);
    return this.stream.next() < 0.5 ? 0 : server.weight;
  }

  private request(): StoryRequest {
    const key = this.below(40);
    const path = `/dir${key % 7}/page${key}${this.stream.next() < 0.3 ? '' : `?x=1&u=user${key}`}`;
    const address = `127.0.0.${1 + this.below(60)}`;
    if (this.stream.next() < 0.2) return { path, address };
    return { path, address, user: this.stream.next() < 0.1 ? `a${key}, b` : `www.user${key}.example` };
  }

  private below(count: number): number {
    return Math.floor(this.stream.next() * count);
  }
}

const SUFFIXES: Readonly<Record<number, string>> = {
  200: '',
  0: 'x',
  500: '5',
  502: '2',
  503: '3',
  504: '4',
};

/**
 * `b`: the own request reached host b and was answered with 200, or stays there. `b5`, `b2`, `-3`: with 500, 502 (broken); with
 * 503, without a host. `?`: it waits. Then `,7a`: request 7 reached host a; `,7=2`: it ended with 502. Then `~a2`: host a
 * refused two tries.
 */
export function render({ own, arrived, ended, refused, waits }: Outcome): string {
  const parts: string[] = [];
  if (own !== undefined) {
    const host = arrived.get(own);
    const place = host === undefined ? (waits && !ended.has(own) ? '?' : '-') : letter(host);
    parts.push(place + suffixOf(ended.get(own)));
  } else {
    parts.push('');
  }
  for (const [id, host] of sorted(arrived)) if (id !== own) parts.push(`${id}${letter(host)}`);
  for (const [id, status] of sorted(ended)) if (id !== own) parts.push(`${id}=${suffixOf(status)}`);
  const tries = refused.map((count, host) => (count === 0 ? '' : `${letter(host)}${count}`)).join('');
  return parts.join(',') + (tries === '' ? '' : `~${tries}`);
}

/** `a` for the first host. */
export function letter(host: number): string {
  return String.fromCharCode(97 + host);
}

function suffixOf(status: number | undefined): string {
  return status === undefined ? '' : (SUFFIXES[status] ?? `<${status}>`);
}

function sorted(map: ReadonlyMap<number, number>): [number, number][] {
  return [...map].sort(([a], [b]) => a - b);
}
