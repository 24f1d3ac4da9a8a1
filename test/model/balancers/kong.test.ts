import { describe, expect, it } from 'vitest';
import { NO_HOST, plainSubject, type Subject, TryResult } from '../../../src/model/balancer.js';
import { createContinuum } from '../../../src/model/balancers/kong-consistent-hashing.js';
import { kongOptions } from '../../../src/model/products/kong/options.js';
import { createUpstream } from '../../../src/model/products/kong/settings.js';
import { KongAddress, type KongPassage, type KongSubject } from '../../../src/model/products/kong/targets.js';
import type { KongUpstream } from '../../../src/model/products/kong/upstream.js';
import { check } from '../../../src/options/fields.js';
import { RandomSource, type RandomStream } from '../../../src/random/stream.js';

const SECOND = 1e9;

/** An upstream with targets a, b, c, ... of these weights. */
function upstreamOf(
  options: Record<string, unknown>,
  weights: readonly number[],
  stream: RandomStream = new RandomSource('430').stream('picks'),
): KongUpstream {
  const checked = check(kongOptions, { ...options, upstream: { api: { weight: weights } } });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  const hosts = weights.map((_, index) => {
    return { name: letter(index), service: 'api', address: `10.0.0.${index + 1}:8000` };
  });
  return createUpstream(checked.value, { hosts, changes: new Map(), stream, nowNs: 0 });
}

/** A stream that says these numbers, over and over. */
function saying(...numbers: number[]): RandomStream {
  let said = 0;
  const next = () => numbers[said++ % numbers.length]!;
  return { next, nextDouble: next };
}

function letter(host: number): string {
  return host === NO_HOST ? '-' : String.fromCharCode(97 + host);
}

function hold(
  upstream: KongUpstream,
  subject: Subject = plainSubject({}),
): { host: string; passage: KongPassage } {
  const passage = upstream.begin(subject);
  return { host: letter(upstream.pick(passage, 0)), passage };
}

function send(upstream: KongUpstream, subject?: Subject): string {
  const { host, passage } = hold(upstream, subject);
  if (host !== '-') upstream.finish(passage, TryResult.success, 0);
  return host;
}

function sequence(count: number, pick: () => string): string {
  return Array.from({ length: count }, pick).join(' ');
}

describe('kong round-robin', () => {
  it('[M] after a shuffle to [b, c, a] picks c a b c a b (balancers.md 3.1)', () => {
    // Fisher and Yates on [a, b, c]: the last and the first change places, then the second and the first.
    const upstream = upstreamOf({}, [100, 100, 100], saying(0));
    expect(sequence(6, () => send(upstream))).toBe('c a b c a b');
  });

  it('has a slot for each part of the weights, and each of them once in a turn', () => {
    const upstream = upstreamOf({}, [500, 100, 100]);
    const turn = sequence(7, () => send(upstream));
    expect(turn.replaceAll(' ', '').split('').sort().join('')).toBe('aaaaabc');
    expect(sequence(7, () => send(upstream))).toBe(turn);
  });

  it('takes slot 1 of a wheel of one', () => {
    expect(send(upstreamOf({}, [100]))).toBe('a');
  });

  it('gives a target without weight nothing', () => {
    const upstream = upstreamOf({}, [100, 0]);
    expect(sequence(4, () => send(upstream))).toBe('a a a a');
    expect(upstream.available(1)).toBe(false);
  });

  it('is shuffled anew when a target falls out, dead ones keep their slots, and the pointer stays', () => {
    // [a, b, c] as it is: every slot changes places with itself.
    const upstream = upstreamOf({}, [100, 100, 100], saying(0.99, 0.99, 0, 0));
    expect(sequence(2, () => send(upstream))).toBe('b c');
    upstream.setAvailable(1, false, 0); // now [b, c, a], and the pointer at a
    expect(sequence(4, () => send(upstream))).toBe('c a c a');
  });

  it('a retry is a pick like any other, and may meet the same target again', () => {
    const upstream = upstreamOf({}, [100]);
    const { passage } = hold(upstream);
    upstream.finish(passage, TryResult.failed, 0);
    expect(letter(upstream.pick(passage, 0))).toBe('a');
  });

  it('until 2.3 goes around a ring of `slots`, from a place that is drawn', () => {
    const picksOf = (slots: number) => {
      const upstream = upstreamOf({ version: '2.3', slots }, [100, 100, 100]);
      return Array.from({ length: slots }, () => send(upstream));
    };
    const ring = picksOf(100);
    const countOf = (target: string) => ring.filter((pick) => pick === target).length;
    // floor(100 / 3), floor(67 / 2) and the rest (balancers.md 3.1).
    expect(['a', 'b', 'c'].map(countOf)).toEqual([33, 33, 34]);
    expect(picksOf(100)).toEqual(ring);
    const other = upstreamOf(
      { version: '2.3', slots: 100 },
      [100, 100, 100],
      new RandomSource('7').stream('x'),
    );
    const turned = Array.from({ length: 100 }, () => send(other)).join('');
    expect(turned).not.toBe(ring.join(''));
    expect(ring.join('').repeat(2)).toContain(turned); // the same ring from another place
  });
});

describe('kong least-connections (balancers.md 3.2)', () => {
  const idle = (weights: number[], count: number) => {
    const upstream = upstreamOf({ algorithm: 'least-connections' }, weights);
    return sequence(count, () => send(upstream));
  };
  const held = (weights: number[], count: number) => {
    const upstream = upstreamOf({ algorithm: 'least-connections' }, weights);
    return sequence(count, () => hold(upstream).host);
  };

  it('[M] equal weights, one after another: a b a b, and never c', () => {
    expect(idle([100, 100, 100], 6)).toBe('a b a b a b');
  });

  it('[M] equal weights, all held: a b c c a b b c a', () => {
    expect(held([100, 100, 100], 9)).toBe('a b c c a b b c a');
  });

  it('[M] weights 200, 100, 100: always a when idle, a a b c a a c b when held', () => {
    expect(idle([200, 100, 100], 5)).toBe('a a a a a');
    expect(held([200, 100, 100], 8)).toBe('a a b c a a c b');
  });

  it('passes over what a request has failed on, until all were tried', () => {
    const upstream = upstreamOf({ algorithm: 'least-connections', retries: 10 }, [100, 100, 100]);
    const { host, passage } = hold(upstream);
    const tried = [host];
    for (let tries = 0; tries < 5; tries += 1) {
      upstream.finish(passage, TryResult.failed, 0);
      tried.push(letter(upstream.pick(passage, 0)));
    }
    expect(new Set(tried.slice(0, 3)).size).toBe(3);
    expect(new Set(tried.slice(3)).size).toBe(3);
  });
});

describe('kong consistent-hashing (balancers.md 3.3)', () => {
  const by = (options: Record<string, unknown>) =>
    upstreamOf({ algorithm: { 'consistent-hashing': options } }, [100, 100, 100]);

  it('has floor(weight / total * targets * 160) entries for each, at least one', () => {
    const addresses = [300, 99, 1].map((weight, index) => {
      return new KongAddress(index, letter(index), `10.0.0.${index + 1}`, 8000, weight);
    });
    const continuum = createContinuum(addresses, 10_000);
    const counts = addresses.map((address) => continuum.filter((other) => other === address).length);
    expect(counts).toEqual([360, 118, 1]);
  });

  it('is empty where the slots do not suffice: nobody is found', () => {
    const upstream = upstreamOf({ slots: 10, algorithm: 'consistent-hashing' }, new Array(10).fill(100));
    expect(send(upstream)).toBe('-'); // 1600 entries on 1000 points
  });

  it('does not depend on the order of the targets', () => {
    const addresses = [0, 1, 2].map(
      (index) => new KongAddress(index, letter(index), `10.0.0.${index}`, 80, 100),
    );
    expect(createContinuum([...addresses].reverse(), 1000)).toEqual(createContinuum(addresses, 1000));
  });

  it('moves only the values of a target that falls out, to the next place below', () => {
    const upstream = by({ hash_on: 'header', hash_on_header: 'x-user' });
    const subjects = Array.from({ length: 100 }, (_, user) =>
      plainSubject({ headers: { 'X-User': `u${user}` } }),
    );
    const before = subjects.map((subject) => send(upstream, subject));
    upstream.setAvailable(1, false, 0);
    const after = subjects.map((subject) => send(upstream, subject));
    for (const [index, target] of before.entries()) {
      if (target === 'b') expect(['a', 'c']).toContain(after[index]);
      else expect(after[index]).toBe(target);
    }
    upstream.setAvailable(1, true, 0);
    expect(subjects.map((subject) => send(upstream, subject))).toEqual(before);
  });

  const variety = (upstream: KongUpstream, subject: (number: number) => KongSubject) =>
    new Set(Array.from({ length: 60 }, (_, number) => send(upstream, subject(number)))).size;

  it.each([
    ['ip', {}, (number: number) => plainSubject({ clientAddress: `10.0.${number}.1` })],
    ['path', {}, (number: number) => plainSubject({ path: `/${number}?a=1` })],
    ['header', { hash_on_header: 'x' }, (number: number) => plainSubject({ headers: { x: `${number}` } })],
    [
      'cookie',
      { hash_on_cookie: 'sid' },
      (number: number) => plainSubject({ headers: { cookie: `sid=${number}` } }),
    ],
    ['query_arg', { hash_on_query_arg: 'u' }, (number: number) => plainSubject({ path: `/?u=${number}` })],
    ['consumer', {}, (number: number) => ({ ...plainSubject({}), consumer: `c${number}` })],
    [
      'uri_capture',
      { hash_on_uri_capture: 'id' },
      (number: number) => ({ ...plainSubject({}), captures: { id: `${number}` } }),
    ],
  ])('hash_on %s: the same target for the same value, others for others', (hash_on, more, subject) => {
    const upstream = by({ hash_on, ...more });
    expect(variety(upstream, subject)).toBe(3);
    expect(variety(upstream, () => subject(7))).toBe(1);
  });

  it('sorts and joins several values of a query argument', () => {
    const upstream = by({ hash_on: 'query_arg', hash_on_query_arg: 'u' });
    for (let number = 0; number < 20; number += 1) {
      const one = send(upstream, plainSubject({ path: `/?u=${number}&u=b` }));
      expect(send(upstream, plainSubject({ path: `/?u=b&x=1&u=${number}` }))).toBe(one);
    }
  });

  it('falls back, and where that is nothing either all go to one target', () => {
    const fallback = by({ hash_on: 'header', hash_on_header: 'x', hash_fallback: 'ip' });
    expect(variety(fallback, (number) => plainSubject({ clientAddress: `10.0.${number}.1` }))).toBe(3);
    const none = by({ hash_on: 'header', hash_on_header: 'x' });
    expect(variety(none, (number) => plainSubject({ clientAddress: `10.0.${number}.1` }))).toBe(1);
    expect(variety(by({}), (number) => plainSubject({ path: `/${number}` }))).toBe(1);
  });

  it('makes a cookie up for who has none', () => {
    const upstream = by({ hash_on: 'cookie', hash_on_cookie: 'sid' });
    const { passage } = hold(upstream);
    expect(passage.cookie).toMatch(/^[0-9a-f-]{36}$/);
    expect(variety(upstream, () => plainSubject({}))).toBe(3);
  });
});

describe('kong latency (balancers.md 3.4)', () => {
  /** One request to `target`, with the others out of the way, that took so many seconds and ends at `second`. */
  function answer(upstream: KongUpstream, target: number, rttSeconds: number, second: number): void {
    const passage = upstream.begin(plainSubject({}));
    while (upstream.pick(passage, second * SECOND) !== target) upstream.finish(passage, TryResult.failed, 0);
    upstream.finish(passage, TryResult.success, second * SECOND);
    passage.rttSeconds = rttSeconds;
    upstream.logged(passage, second * SECOND);
  }
  const pickAt = (upstream: KongUpstream, second: number) =>
    letter(upstream.pick(upstream.begin(plainSubject({})), second * SECOND));

  it('picks the lowest average, a full scan and not the better of two', () => {
    const upstream = upstreamOf({ algorithm: 'latency' }, [100, 100, 100, 100]);
    for (const [target, rtt] of [0.4, 0.2, 0.1, 0.3].entries()) answer(upstream, target, rtt, 1);
    expect(sequence(5, () => pickAt(upstream, 1))).toBe('c c c c c');
  });

  it('divides by the weight', () => {
    const upstream = upstreamOf({ algorithm: 'latency' }, [400, 100]);
    answer(upstream, 0, 0.3, 1);
    answer(upstream, 1, 0.1, 1);
    expect(pickAt(upstream, 1)).toBe('a');
  });

  it('forgets with e^(-t / 10 s): one that was slow is asked again', () => {
    const upstream = upstreamOf({ algorithm: 'latency' }, [100, 100]);
    answer(upstream, 0, 1, 100);
    answer(upstream, 1, 0.1, 100);
    expect(pickAt(upstream, 100)).toBe('b');
    // At 120 s a's average is e^-2 = 0.135; b, which has just answered again in 0.2 s, has 0.1 e^-2 + 0.2 (1 - e^-2) = 0.187.
    answer(upstream, 1, 0.2, 120);
    expect(pickAt(upstream, 120)).toBe('a');
  });

  it('a target that comes back begins with the mean of the others', () => {
    const upstream = upstreamOf({ algorithm: 'latency' }, [100, 100, 100]);
    for (const [target, rtt] of [0.1, 0.3, 0.01].entries()) answer(upstream, target, rtt, 100);
    upstream.setAvailable(2, false, 100 * SECOND);
    expect(pickAt(upstream, 100)).toBe('a');
    upstream.setAvailable(2, true, 100 * SECOND);
    expect(pickAt(upstream, 100)).toBe('a'); // and not c, which was fastest before
  });

  it('has nobody left where a request has failed on all', () => {
    const upstream = upstreamOf({ algorithm: 'latency' }, [100, 100]);
    const passage = upstream.begin(plainSubject({}));
    for (let tries = 0; tries < 2; tries += 1) {
      expect(upstream.pick(passage, 0)).not.toBe(NO_HOST);
      upstream.finish(passage, TryResult.failed, 0);
    }
    expect(upstream.pick(passage, 0)).toBe(NO_HOST);
  });
});
