import type { HostBehaviour, LiveRequest, Words } from './nginx-live.js';

/** One thing done to the proxy or its hosts. */
export type Action =
  /** A request to its end. */
  | { readonly send: LiveRequest }
  /** A request that stays with its host. */
  | { readonly hold: LiveRequest }
  /** The held request of that number (modulo their count, the oldest first) is answered. */
  | { readonly release: number }
  /** Its client goes away. */
  | { readonly abort: number }
  | { readonly host: string; readonly behaviour: HostBehaviour }
  /** Other parameters for a server, and a reload; what is held is answered before. */
  | { readonly change: string; readonly words: Words }
  /** Seconds. */
  | { readonly sleep: number };

/** The same story for nginx and for the model. */
export interface Story {
  readonly name: string;
  /** Of the proxy; the hosts have the ports after it. */
  readonly port: number;
  /** The load balancing method as nginx.conf has it, such as `least_conn;`. */
  readonly directive: string;
  /** The same as our options have it. */
  readonly algorithm: unknown;
  /** Parameters of the servers, by letter. */
  readonly servers: Readonly<Record<string, Words>>;
  readonly nextUpstream: string;
  readonly tries: number;
  readonly readTimeoutMs: number;
  readonly actions: readonly Action[];
  /** True: the clock's second of every action matters. */
  readonly timed: boolean;
}

/** How a request ended: its status (0: its client went away), and the letters of the hosts it was tried on, `-` for none. */
export interface Ending {
  readonly status: number;
  readonly tried: string;
}

/** A request that a host holds. */
export interface Held {
  readonly host: string;
}

/** nginx or the model. */
export interface Driver {
  send(request: LiveRequest): Promise<Ending>;
  /** The request is with its host, or has ended before that. */
  hold(request: LiveRequest): Promise<Held | Ending>;
  release(held: Held): Promise<Ending>;
  abort(held: Held): Promise<Ending>;
  /** The end of a held request whose host has gone. */
  ended(held: Held): Promise<Ending>;
  behave(host: string, behaviour: HostBehaviour): Promise<void>;
  change(host: string, words: Words): Promise<void>;
  sleep(seconds: number): Promise<void>;
  /** Called before every action of a timed story: its second since the first. */
  second(index: number): Promise<number>;
}

/** What a story showed. */
export interface Shown {
  /** For every action, endings such as `a`, `ba502` (status where it is not 200), `-502`, joined by `+`. */
  readonly endings: readonly string[];
  /** The second of every action since the first, in timed stories. */
  readonly seconds: readonly number[];
}

/** Plays a story. */
export async function play(story: Story, driver: Driver): Promise<Shown> {
  const player = new Player(driver);
  const endings: string[] = [];
  const seconds: number[] = [];
  for (const [index, action] of story.actions.entries()) {
    if (story.timed) seconds.push(await driver.second(index));
    endings.push((await player.act(action)).map(textOf).join('+'));
  }
  await player.releaseAll();
  return { endings, seconds };
}

function textOf({ status, tried }: Ending): string {
  return status === 200 ? tried : `${tried}${status}`;
}

class Player {
  /** The oldest first. */
  private readonly held: Held[] = [];

  constructor(private readonly driver: Driver) {}

  async act(action: Action): Promise<Ending[]> {
    if ('send' in action) return [await this.driver.send(action.send)];
    if ('hold' in action) return this.hold(action.hold);
    if ('release' in action) return this.take(action.release, (held) => this.driver.release(held));
    if ('abort' in action) return this.take(action.abort, (held) => this.driver.abort(held));
    if ('sleep' in action) await this.driver.sleep(action.sleep);
    if ('host' in action) return this.behave(action.host, action.behaviour);
    if (!('change' in action)) return [];
    const endings = await this.releaseAll();
    await this.driver.change(action.change, action.words);
    return endings;
  }

  async releaseAll(): Promise<Ending[]> {
    const endings: Ending[] = [];
    for (const held of this.held.splice(0)) endings.push(await this.driver.release(held));
    return endings;
  }

  private async hold(request: LiveRequest): Promise<Ending[]> {
    const held = await this.driver.hold(request);
    if ('status' in held) return [held];
    this.held.push(held);
    return [];
  }

  private async take(number: number, act: (held: Held) => Promise<Ending>): Promise<Ending[]> {
    if (this.held.length === 0) return [];
    const [held] = this.held.splice(number % this.held.length, 1);
    return [await act(held!)];
  }

  /** Where a host goes away, one held request at most is cut: in which order nginx learns of several is not told. */
  private async behave(host: string, behaviour: HostBehaviour): Promise<Ending[]> {
    if (behaviour !== 'refuses') {
      await this.driver.behave(host, behaviour);
      return [];
    }
    const [cut, ...others] = this.held.filter((held) => held.host === host);
    const endings: Ending[] = [];
    for (const held of others) {
      this.held.splice(this.held.indexOf(held), 1);
      endings.push(await this.driver.release(held));
    }
    await this.driver.behave(host, behaviour);
    if (cut === undefined) return endings;
    this.held.splice(this.held.indexOf(cut), 1);
    return [...endings, await this.driver.ended(cut)];
  }
}
