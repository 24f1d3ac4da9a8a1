import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { NS_PER_SECOND } from '../../src/kernel/time.js';
import { NO_HOST, plainSubject, TryResult } from '../../src/model/balancer.js';
import { continuumIndex } from '../../src/model/balancers/kong-consistent-hashing.js';
import { type CheckKind, HealthChecker } from '../../src/model/products/kong/health-checker.js';
import { kongOptions } from '../../src/model/products/kong/options.js';
import { checksOf, createUpstream } from '../../src/model/products/kong/settings.js';
import type { KongPassage } from '../../src/model/products/kong/targets.js';
import type { KongUpstream } from '../../src/model/products/kong/upstream.js';
import { xxhash32 } from '../../src/model/xxhash32.js';
import { check } from '../../src/options/fields.js';
import type { RandomStream } from '../../src/random/stream.js';

/**
 * What Kong's own Lua code picked and counted, step by step: `kong-record.lua` says which code, and how it was recorded. Its
 * chance is the same generator as here, so that even shuffled wheels must agree.
 */
const recorded = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'kong-picks.json'), 'utf8'),
) as Recorded;

interface Recorded {
  readonly stories: readonly Story[];
  /** Text, its place among 1000 and among 10,000, and its hash. */
  readonly hashes: readonly (readonly [string, number, number, number])[];
  readonly counters: readonly Counters[];
}

type Step =
  /** Number, second, value to hash, target picked (from 1; 0: none). */
  | readonly ['pick', number, number, string, number]
  | readonly ['retry', number, number, number]
  /** Number, second, response time. */
  | readonly ['end', number, number, number]
  /** Target, second, response time. */
  | readonly ['log', number, number, number]
  /** Target, second, available or not. */
  | readonly ['set', number, number, number];

interface Story {
  readonly name: string;
  readonly word: string;
  readonly weights: readonly number[];
  readonly slots: number;
  readonly seed: number;
  readonly steps: readonly Step[];
}

interface Limits {
  readonly successes: number;
  readonly http_failures: number;
  readonly tcp_failures: number;
  readonly timeouts: number;
}

interface Counters {
  readonly name: string;
  readonly limits: Readonly<Record<CheckKind, Limits>>;
  /** Which checks, what they saw, its status, and the target's state after it. */
  readonly reports: readonly (readonly [string, string, number, string])[];
}

/** The minimal standard generator of Park and Miller. */
class MinimalStandard implements RandomStream {
  constructor(private state: number) {}

  next(): number {
    this.state = (16807 * this.state) % 2147483647;
    return this.state / 2147483647;
  }

  nextDouble(): number {
    return this.next();
  }
}

/** The same upstream as the recorder made. */
function upstreamOf(story: Story): KongUpstream {
  const algorithm =
    story.word === 'consistent-hashing'
      ? { 'consistent-hashing': { hash_on: 'header', hash_on_header: 'value' } }
      : story.word;
  const checked = check(kongOptions, {
    algorithm,
    slots: story.slots,
    retries: 1000,
    upstream: { api: { weight: story.weights } },
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return createUpstream(checked.value, {
    hosts: story.weights.map((_, index) => {
      return { name: `api-${index + 1}`, service: 'api', address: `10.0.0.${index + 1}:8000` };
    }),
    changes: new Map(),
    // The averages' table draws an order of its own for ties, of which there are none.
    stream: new MinimalStandard(story.seed),
    nowNs: 0,
  });
}

/** Plays the steps; returns the picks as they are now. */
function replay(story: Story): Step[] {
  const upstream = upstreamOf(story);
  const passages = new Map<number, KongPassage>();
  const pickAgain = (passage: KongPassage, nowNs: number) => {
    const host = upstream.pick(passage, nowNs);
    return host === NO_HOST ? 0 : host + 1;
  };
  return story.steps.map((step): Step => {
    const [what, number, second] = step;
    const nowNs = Math.round(second * NS_PER_SECOND);
    switch (what) {
      case 'pick': {
        const passage = upstream.begin(plainSubject({ headers: { value: step[3] } }));
        passages.set(number, passage);
        return [what, number, second, step[3], pickAgain(passage, nowNs)];
      }
      case 'retry': {
        const passage = passages.get(number)!;
        upstream.finish(passage, TryResult.failed, nowNs);
        return [what, number, second, pickAgain(passage, nowNs)];
      }
      case 'end': {
        const passage = passages.get(number)!;
        upstream.finish(passage, TryResult.success, nowNs);
        passage.rttSeconds = step[3];
        upstream.logged(passage, nowNs);
        return step;
      }
      case 'log': {
        // A request to that target that ends: the recorder has none, only its end.
        const passage = upstream.begin(plainSubject({}));
        while (pickAgain(passage, nowNs) !== number) upstream.finish(passage, TryResult.failed, nowNs);
        upstream.finish(passage, TryResult.success, nowNs);
        passage.rttSeconds = step[3];
        upstream.logged(passage, nowNs);
        return step;
      }
      default:
        upstream.setAvailable(number - 1, step[3] === 1, nowNs);
        return step;
    }
  });
}

describe("Kong 3.9.3's own algorithms under LuaJIT", () => {
  it.each(recorded.stories.map((story) => [story.name, story] as const))(
    'pick as here: %s',
    (_name, story) => {
      expect(replay(story)).toEqual(story.steps);
    },
  );

  it.each(recorded.hashes)('hash as here: %j', (text, among1000, among10000, hash) => {
    expect(xxhash32(text)).toBe(hash);
    expect(continuumIndex(text, 1000)).toBe(among1000);
    expect(continuumIndex(text, 10_000)).toBe(among10000);
  });
});

describe("lua-resty-healthcheck 3.1.0's own counters under LuaJIT", () => {
  it.each(recorded.counters.map((counters) => [counters.name, counters] as const))(
    'count as here: %s',
    (_name, { limits, reports }) => {
      const { active, passive } = limits;
      const written = {
        active: { healthy: { successes: active.successes }, unhealthy: failuresOf(active) },
        passive: { healthy: { successes: passive.successes }, unhealthy: failuresOf(passive) },
      };
      const checked = check(kongOptions, { healthchecks: written });
      if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
      const checker = new HealthChecker(checksOf(checked.value), () => {});
      checker.add('api-1', 0);
      const now = reports.map(([kind, what, status]) => {
        if (what === 'http') checker.reportHttpStatus(kind as CheckKind, 'api-1', status);
        else if (what === 'tcp') checker.reportTcpFailure(kind as CheckKind, 'api-1');
        else if (what === 'timeout') checker.reportTimeout(kind as CheckKind, 'api-1');
        else checker.set('api-1', status === 1);
        return [kind, what, status, checker.stateOf('api-1')];
      });
      expect(now).toEqual(reports);
    },
  );
});

function failuresOf({ http_failures, tcp_failures, timeouts }: Limits) {
  return { http_failures, tcp_failures, timeouts };
}
