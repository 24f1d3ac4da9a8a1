import { NS_PER_SECOND } from '../../../src/kernel/time.js';
import { NO_HOST, type Selector, TryResult } from '../../../src/model/balancer.js';
import { nginx } from '../../../src/model/products/nginx.js';
import { check } from '../../../src/options/fields.js';
import { RandomSource } from '../../../src/random/stream.js';

/** What one request carries. */
export interface FakeSubject {
  readonly path?: string;
  readonly address?: string;
}

/** What a server does with a request. */
export type Behaviour = 'ok' | 'refuses' | number;

/** Drives a selector as a proxy would, without any simulation; hosts are called a, b, c, ... */
export class Picks {
  readonly selector: Selector;
  nowSeconds = 0;
  /** What each host does, by its letter; `ok` unless told. */
  readonly behaviour: Record<string, Behaviour> = {};

  /** @param servers of nginx's `servers:`, by letter; as many hosts as letters. */
  constructor(options: Record<string, unknown>, servers: Record<string, Record<string, unknown>>) {
    const checked = check(nginx.options, { ...options, upstream: { api: { servers } } });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.selector = nginx.createSelector(checked.value, {
      hosts: Object.keys(servers).map((name, index) => {
        return { name, service: 'api', address: `127.0.0.1:${20101 + index}` };
      }),
      stream: new RandomSource('430').stream('random'),
    });
  }

  /** Starts a request and keeps it; returns the letter of its host, `-` for none, and how to end it. */
  hold(subject: FakeSubject = {}): { host: string; end: (result?: TryResult) => void } {
    const passage = this.selector.begin(subjectOf(subject));
    const host = this.selector.pick(passage, this.nowNs);
    return {
      host: letter(host),
      end: (result = TryResult.success) => this.selector.finish(passage, result, this.nowNs),
    };
  }

  /** Sends one request to its end; returns the hosts tried: `x,a`. */
  send(subject: FakeSubject = {}): string {
    const passage = this.selector.begin(subjectOf(subject));
    const tried: string[] = [];
    for (;;) {
      const host = this.selector.pick(passage, this.nowNs);
      if (host === NO_HOST) return [...tried, '-'].join(',');
      tried.push(letter(host));
      const refuses = this.behaviour[letter(host)] === 'refuses';
      this.selector.finish(passage, refuses ? TryResult.failed : TryResult.success, this.nowNs);
      if (!refuses || (passage as { tries: number }).tries === 0) return tried.join(',');
    }
  }

  /** Sends a request that stays in flight on the first host that does not refuse it; without `end` if there is none. */
  holdAlive(): { host: string; end?: (result?: TryResult) => void } {
    const passage = this.selector.begin(subjectOf({}));
    const tried: string[] = [];
    for (;;) {
      const host = letter(this.selector.pick(passage, this.nowNs));
      if (host === '-') return { host: [...tried, '-'].join(',') };
      if (this.behaviour[host] !== 'refuses') {
        return {
          host,
          end: (result = TryResult.success) => this.selector.finish(passage, result, this.nowNs),
        };
      }
      tried.push(host);
      this.selector.finish(passage, TryResult.failed, this.nowNs);
      if ((passage as { tries: number }).tries === 0) return { host: tried.join(',') };
    }
  }

  /** Several requests one after another: `a a b`. */
  sequence(count: number, subject: FakeSubject = {}): string {
    return Array.from({ length: count }, () => this.send(subject)).join(' ');
  }

  /** Several requests that all stay in flight. */
  holdAll(count: number): { hosts: string; endAll: () => void } {
    const held = Array.from({ length: count }, () => this.hold());
    return {
      hosts: held.map((request) => request.host).join(' '),
      endAll: () => {
        for (const request of held) request.end();
      },
    };
  }

  private get nowNs(): number {
    return Math.round(this.nowSeconds * NS_PER_SECOND);
  }
}

/** Servers a, b, c, ... with these weights. */
export function weighted(...weights: number[]): Record<string, { weight: number }> {
  return Object.fromEntries(weights.map((weight, index) => [letter(index), { weight }]));
}

function letter(host: number): string {
  return host === NO_HOST ? '-' : String.fromCharCode(97 + host);
}

function subjectOf(subject: FakeSubject) {
  return {
    clientAddress: subject.address ?? '127.0.0.1',
    endpoint: { method: 'GET', path: subject.path ?? '/', headers: {} },
  };
}
