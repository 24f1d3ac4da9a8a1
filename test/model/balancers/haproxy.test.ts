import { describe, expect, it } from 'vitest';
import { avalanche, hashAddress, hashText } from '../../../src/model/products/haproxy/hash.js';
import { domainOf } from '../../../src/model/products/haproxy/request-parts.js';
import { Admin } from '../../../src/model/products/haproxy/server.js';
import { HaproxyPicks, weighted } from './haproxy-picks.js';

/** Numbers of sections are those of the reference; "seen": HAProxy 2.6.12 did so. */
const paths = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('HAProxy roundrobin (2.1)', () => {
  it.each([
    [[5, 1, 1], 'a a a b a a c'], // seen
    [[3, 2, 1], 'a b a c a b'], // seen
    [[1, 1, 1], 'a b c a b c'], // seen
  ])('sends weights %j in this order: %s', (weights, expected) => {
    const picks = new HaproxyPicks({}, weighted(...weights));
    expect(picks.sequence(expected.split(' ').length)).toBe(expected);
  });

  it('keeps its order over periods', () => {
    const picks = new HaproxyPicks({}, weighted(5, 1, 1));
    expect(picks.sequence(14)).toBe('a a a b a a c a a a b a a c');
  });

  it('takes a new weight while it runs', () => {
    const picks = new HaproxyPicks({}, weighted(1, 1));
    picks.sequence(4);
    picks.backend.setWeight(1, 3, 0);
    const counts = picks.sequence(40).split('b').length - 1;
    expect(counts).toBe(30);
    picks.backend.setWeight(0, 0, 0);
    expect(picks.sequence(3)).toBe('b b b');
  });
});

describe('HAProxy static-rr (2.2)', () => {
  it.each([
    [[5, 1, 1], 'a a a b a a c'], // seen
    [[3, 2, 1], 'a a b a b c'],
    [[6, 4, 2], 'a a b a b c'], // weights are divided by what they have in common
  ])('sends weights %j in this order: %s', (weights, expected) => {
    const picks = new HaproxyPicks({ algorithm: 'static-rr' }, weighted(...weights));
    expect(picks.sequence(expected.split(' ').length)).toBe(expected);
  });

  it('refuses other weights at run time than 0 and its own', () => {
    const picks = new HaproxyPicks({ algorithm: 'static-rr' }, weighted(1, 1));
    picks.backend.setWeight(0, 5, 0);
    expect(picks.sequence(4)).toBe('a b a b');
    picks.backend.setWeight(0, 0, 0);
    expect(picks.sequence(3)).toBe('b b b');
  });
});

describe('HAProxy leastconn (2.3)', () => {
  it('sends sequential requests in turn, whatever the weights', () => {
    expect(new HaproxyPicks({ algorithm: 'leastconn' }, weighted(2, 1, 1)).sequence(6)).toBe('a b c a b c'); // seen
  });

  it('spreads requests that stay by weight', () => {
    expect(new HaproxyPicks({ algorithm: 'leastconn' }, weighted(2, 1, 1)).holdAll(8)).toBe(
      'a b c a a b c a',
    ); // seen
  });
});

describe('HAProxy first (2.4)', () => {
  it('fills one server after the other, then lets requests wait', () => {
    const servers = { a: { maxconn: 1 }, b: { maxconn: 1 } };
    expect(new HaproxyPicks({ algorithm: 'first' }, servers).holdAll(4)).toBe('a b ? ?'); // seen
  });
});

describe('HAProxy hashes (2.5)', () => {
  it('sends paths where HAProxy sends them', () => {
    const picks = new HaproxyPicks({ algorithm: 'uri' }, weighted(1, 1, 1));
    expect(
      paths(4, '/uri/')
        .map((path) => picks.send({ path }))
        .join(' '),
    ).toBe('c a b c'); // seen
  });

  it('sends paths along the ring where HAProxy sends them', () => {
    const picks = new HaproxyPicks({ algorithm: 'uri', 'hash-type': 'consistent' }, weighted(1, 1, 1));
    expect(
      paths(8, '/uric/')
        .map((path) => picks.send({ path }))
        .join(' '),
    ).toBe('a a c a c c a b'); // seen
  });

  it.each([
    ['127.0.0.1', 'c'], // seen
    ['127.0.0.2', 'a'], // seen
    ['127.0.0.3', 'b'], // seen
    ['127.1.2.3', 'b'], // seen
  ])('sends the address %s to %s', (clientAddress, host) => {
    expect(new HaproxyPicks({ algorithm: 'source' }, weighted(1, 1, 1)).send({ clientAddress })).toBe(host);
  });

  it('takes turns where there is nothing to hash', () => {
    for (const algorithm of ['hdr(X-User)', 'url_param user']) {
      expect(new HaproxyPicks({ algorithm }, weighted(1, 1)).sequence(4)).toBe('a b a b');
    }
  });

  it('is not moved by a server that is full: the request waits for it', () => {
    const picks = new HaproxyPicks({ algorithm: 'uri' }, { a: { maxconn: 1 }, b: { maxconn: 1 } });
    const first = picks.hold();
    expect(picks.hold().host).toBe('?');
    first.end();
    expect(picks.assigned).toEqual([first.host]);
  });

  it('hashes addresses word by word', () => {
    expect(hashAddress('127.0.0.1')).toBe(0x7f000001);
    expect(hashAddress('2001:db8::1')).toBe((0x20010db8 ^ 1) >>> 0);
    expect(hashAddress('unix:')).toBeUndefined();
  });

  it('knows the hash functions of 2.6', () => {
    // From the definitions: one byte c is c; 5381 * 33 + c.
    expect(hashText('a', 'sdbm')).toBe(97);
    expect(hashText('a', 'djb2')).toBe(5381 * 33 + 97);
    expect(hashText('123456789', 'crc32')).toBe(0xcbf43926);
    expect(avalanche(0)).not.toBe(0);
  });

  it.each([
    ['www.shop.example', 'shop'],
    ['shop.example', 'shop'],
    ['localhost', 'localhost'],
  ])('takes of the host %s the domain %s', (host, domain) => {
    expect(domainOf(host)).toBe(domain);
  });

  it('bounds the load of a server', () => {
    const options = { algorithm: 'uri', 'hash-type': 'consistent', 'hash-balance-factor': 150 };
    const held = new HaproxyPicks(options, weighted(1, 1, 1)).holdAll(30).split(' ');
    const counts = ['a', 'b', 'c'].map((host) => held.filter((other) => other === host).length);
    // At most 1.5 times the mean, rounded up, of 30 requests on 3 servers.
    expect(Math.max(...counts)).toBeLessThanOrEqual(15);
    expect(new Set(held).size).toBeGreaterThan(1);
  });
});

describe('HAProxy random (2.6)', () => {
  it('draws what HAProxy draws after every start', () => {
    const picks = new HaproxyPicks({ algorithm: 'random' }, weighted(1, 1, 1));
    expect(picks.sequence(10)).toBe('b b c a a b c b a c'); // seen
  });
});

describe('HAProxy queues (2.7)', () => {
  it('gives a free slot to who waits longest, for the server or for any', () => {
    const picks = new HaproxyPicks({ algorithm: 'leastconn' }, { a: { maxconn: 1, maxqueue: 1 } });
    const first = picks.hold();
    picks.nowNs = 1e6;
    const second = picks.hold(); // waits for a
    picks.nowNs = 2e6;
    const third = picks.hold(); // waits for any
    expect([first, second, third].map(({ host }) => host)).toEqual(['a', '?', '?']);
    first.end();
    second.end();
    expect(picks.assigned).toEqual(['a', 'a']);
    expect(picks.backend.queueLength).toBe(0);
  });

  it('lets nobody pass who comes later', () => {
    const picks = new HaproxyPicks({}, { a: { maxconn: 1 }, b: { maxconn: 1, disabled: true } });
    const first = picks.hold();
    picks.hold();
    picks.backend.setAdmin(1, Admin.ready, 0);
    expect(picks.assigned).toEqual(['b']);
    first.end();
    expect(picks.hold().host).toBe('a');
  });

  it('raises maxconn from minconn to its own as the backend fills', () => {
    const servers = { a: { maxconn: 10, minconn: 1 } };
    const picks = new HaproxyPicks({ fullconn: 10 }, servers);
    expect(picks.holdAll(4)).toBe('a a a a'); // slots grow with the requests
    const busy = new HaproxyPicks({ fullconn: 100 }, servers);
    expect(busy.holdAll(4)).toBe('a ? ? ?');
  });

  it('forgets who leaves', () => {
    const picks = new HaproxyPicks({}, { a: { maxconn: 1 } });
    const first = picks.hold();
    picks.hold().leave();
    picks.hold();
    first.end();
    expect(picks.assigned).toEqual(['a']);
    expect(picks.backend.queueLength).toBe(0);
  });
});

describe('HAProxy retries (2.8)', () => {
  const deadA = (options: Record<string, unknown>, servers = weighted(1, 1)) => {
    const picks = new HaproxyPicks(options, servers);
    picks.dead.add('a');
    return picks;
  };

  it('tries the same server four times, with waits, though another one is up', () => {
    expect(deadA({}).sequence(2)).toBe('a_a_a_a- b'); // seen
  });

  it('redispatches at once with round robin, random and leastconn', () => {
    for (const algorithm of ['roundrobin', 'static-rr', 'leastconn', 'first', 'random']) {
      const first = deadA({ algorithm, option: 'redispatch' }).sequence(4);
      expect(first).toContain('ab');
      expect(first).not.toContain('_');
    }
  });

  it('redispatches hashed requests at the last retry, and then without a wait', () => {
    const options = { algorithm: 'uri', 'hash-type': 'consistent', option: 'redispatch' };
    const shown = paths(6, '/').map((path) => deadA(options).send({ path }));
    expect(shown.filter((text) => text === 'a_a_ab').length).toBeGreaterThan(0);
    expect(shown.every((text) => text === 'b' || text === 'a_a_ab')).toBe(true);
  });

  it('redispatches at once from a server that is marked down', () => {
    const picks = deadA(
      { algorithm: 'uri', 'hash-type': 'consistent', option: 'redispatch' },
      weighted(1, 1, 1),
    );
    const path = paths(20, '/').find((candidate) => picks.hold({ path: candidate }).host === 'a')!;
    const passage = picks.backend.begin({
      clientAddress: '',
      endpoint: { method: 'GET', path, headers: {} },
    });
    expect(picks.backend.pick(passage, 0)).toBe(0);
    picks.backend.setDown(0, 0);
    picks.backend.finish(passage, 1, 0);
    expect(picks.backend.pick(passage, 0)).not.toBe(0);
  });

  it('waits before a redispatch where only one server is up', () => {
    expect(deadA({ option: 'redispatch' }, { ...weighted(1) }).send()).toBe('a_a_a_a-');
  });

  it('uses backup servers when no other is up, and only the first of them', () => {
    const servers = { a: {}, b: { backup: true }, c: { backup: true } };
    const picks = new HaproxyPicks({}, servers);
    expect(picks.sequence(2)).toBe('a a');
    picks.backend.setDown(0, 0);
    expect(picks.sequence(3)).toBe('b b b');
    picks.backend.setDown(1, 0);
    expect(picks.sequence(2)).toBe('c c');
    const all = new HaproxyPicks({ option: 'allbackups' }, servers);
    all.backend.setDown(0, 0);
    expect(all.sequence(4)).toBe('b c b c');
  });

  it('has nobody left when all are down', () => {
    const picks = new HaproxyPicks({}, weighted(1, 1));
    picks.backend.setDown(0, 0);
    picks.backend.setDown(1, 0);
    expect(picks.send()).toBe('-');
  });
});
