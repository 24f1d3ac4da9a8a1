import { NO_HOST, plainSubject, TryResult, WAITS } from '../../../src/model/balancer.js';
import type { HaproxyBackend } from '../../../src/model/products/haproxy/backend.js';
import { haproxy } from '../../../src/model/products/haproxy.js';
import { check } from '../../../src/options/fields.js';
import { RandomSource } from '../../../src/random/stream.js';

/** What one request carries. */
type Given = Parameters<typeof plainSubject>[0];

/** Drives a backend without any simulation; hosts are called a, b, c, ..., `?` waits and `-` is none. */
export class HaproxyPicks {
  readonly backend: HaproxyBackend;
  /** Hosts that refuse connections, by letter. */
  readonly dead = new Set<string>();
  /** Hosts of requests that waited, in the order in which they got them. */
  readonly assigned: string[] = [];
  nowNs = 0;

  /** @param servers of `servers:`, by letter; as many hosts as letters. */
  constructor(options: Record<string, unknown>, servers: Record<string, Record<string, unknown>>) {
    const checked = check(haproxy.options, { ...options, upstream: { api: { servers } } });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.backend = haproxy.createSelector(checked.value, {
      hosts: Object.keys(servers).map((name) => ({ name, service: 'api', address: name })),
      stream: new RandomSource('430').stream('random'),
      assigned: (_passage, host) => this.assigned.push(letter(host)),
    }) as HaproxyBackend;
  }

  /** Starts a request and keeps it. */
  hold(given: Given = {}): { host: string; end: () => void; leave: () => void } {
    const passage = this.backend.begin(plainSubject(given));
    const host = this.backend.pick(passage, this.nowNs);
    return {
      host: letter(host),
      end: () => this.backend.finish(passage, TryResult.success, this.nowNs),
      leave: () => this.backend.leave(passage, this.nowNs),
    };
  }

  /** Several requests that all stay: `a b ?`. */
  holdAll(count: number): string {
    return Array.from({ length: count }, () => this.hold().host).join(' ');
  }

  /** Sends one request to its end; the hosts tried, `_` for a wait before a retry: `b_b_b,-`. */
  send(given: Given = {}): string {
    const passage = this.backend.begin(plainSubject(given));
    let tried = '';
    for (;;) {
      const host = letter(this.backend.pick(passage, this.nowNs));
      tried += host;
      const isDead = this.dead.has(host);
      if (host !== '-' && host !== '?') {
        this.backend.finish(passage, isDead ? TryResult.failed : TryResult.success, this.nowNs);
      }
      if (!isDead) return tried;
      if (passage.waits && !passage.over) tried += '_';
    }
  }

  /** Several requests one after another. */
  sequence(count: number, given: Given = {}): string {
    return Array.from({ length: count }, () => this.send(given)).join(' ');
  }
}

/** Servers a, b, c, ... with these weights. */
export function weighted(...weights: number[]): Record<string, { weight: number }> {
  return Object.fromEntries(weights.map((weight, index) => [letter(index), { weight }]));
}

function letter(host: number): string {
  if (host === WAITS) return '?';
  return host === NO_HOST ? '-' : String.fromCharCode(97 + host);
}
