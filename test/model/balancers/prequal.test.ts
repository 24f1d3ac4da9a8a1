import { describe, expect, it } from 'vitest';
import { type HotColdLexicographic, reuseLimit } from '../../../src/model/products/prequal/hot-cold.js';
import { LatencyByLoad } from '../../../src/model/products/prequal/latency-by-load.js';
import { ProbePool } from '../../../src/model/products/prequal/probe-pool.js';
import { RecentCounts } from '../../../src/model/products/prequal/recent-counts.js';
import { PlainPicks, Script } from './plain-picks.js';

const MS = 1e6;

/** Answers `a 3 20`: host a, three in flight, 20 ms. */
function answer(picks: PlainPicks, ...answers: string[]): void {
  for (const text of answers) {
    const [letter, inFlight, latencyMs] = text.split(' ');
    picks
      .method<HotColdLexicographic>()
      .probed(picks.host(letter!), Number(inFlight), Number(latencyMs) * MS, picks.nowNs);
  }
}

const hosts = 'a b c d e f g h';
/** Probes that are never removed nor sent, as the steps need. */
const still = { r_probe: 0, r_remove: 0 };

function prequal(options: Record<string, unknown>, stream = new Script()): PlainPicks {
  return new PlainPicks('prequal', { hcl: { ...still, ...options } }, { hosts, stream });
}

describe('Prequal, step by step (reference 5: NSDI 2024)', () => {
  it('draws a host while fewer than two probes are in the pool', () => {
    const stream = new Script().draw(5, 8);
    const picks = prequal({}, stream);
    answer(picks, 'a 0 1');
    expect(picks.hold().host).toBe('f');
    answer(picks, 'b 0 2');
    expect(picks.hold().host).toBe('a');
  });

  it('takes the fastest of the cold; the quantile of all answers says who is hot', () => {
    const picks = prequal({ q_rif: 0.5 });
    answer(picks, 'a 1 30', 'b 2 20', 'c 7 5', 'd 9 1'); // the half have up to 2
    expect(picks.hold().host).toBe('b');
  });

  it('takes the one with the fewest in flight where all are hot', () => {
    const picks = prequal({ q_rif: 0, probe_age: '1s' });
    answer(picks, 'a 0 30');
    picks.nowNs = 1500 * MS; // the answer of a is forgotten, but counts in the quantile
    answer(picks, 'b 4 20', 'c 3 50');
    expect(picks.hold().host).toBe('c');
  });

  it('q_rif 1 looks at latency only, q_rif 0 at requests in flight first', () => {
    const latency = prequal({ q_rif: 1 });
    answer(latency, 'a 1 30', 'b 50 2');
    expect(latency.hold().host).toBe('b');
    const count = prequal({ q_rif: 0 });
    answer(count, 'a 1 30', 'b 50 2');
    expect(count.hold().host).toBe('a');
  });

  it('counts a use as a request in flight there: the probe becomes hot', () => {
    const picks = prequal({ q_rif: 0.5 });
    answer(picks, 'a 1 10', 'b 1 20', 'c 1 30');
    expect(picks.holdAll(4)).toBe('a b c c'); // all are hot with 2: of equals the newest
  });

  it('forgets probes of more than a second', () => {
    const stream = new Script();
    const picks = prequal({}, stream);
    answer(picks, 'a 0 1', 'b 0 2');
    picks.nowNs = 1000 * MS;
    expect(picks.hold().host).toBe('a');
    picks.nowNs = 1000 * MS + 1;
    stream.draw(7, 8);
    expect(picks.hold().host).toBe('h');
  });

  it('removes by turns the oldest and the worst, after each pick', () => {
    const picks = prequal({ r_remove: 1, q_rif: 1 });
    answer(picks, 'a 1 1', 'b 1 9', 'c 1 2', 'd 1 3', 'e 1 4');
    const list = () => listOf(picks);
    picks.hold();
    expect(list()).toBe('bcde'); // the oldest
    picks.hold();
    expect(list()).toBe('bde'); // the hot one: c was used, and has two in flight now
    picks.hold();
    expect(list()).toBe('de');
  });

  it('the worst is the hot one with the most in flight, else the slowest', () => {
    const pool = new ProbePool(16, 1000 * MS);
    const picks = prequal({});
    for (const [letter, inFlight, latencyNs] of [
      ['a', 5, 1],
      ['b', 7, 2],
      ['c', 1, 9],
      ['d', 2, 3],
    ] as const) {
      pool.add({ host: picks.host(letter), inFlight, latencyNs, arrivedNs: 0, usesLeft: 1 });
    }
    const left = () => {
      pool.removeWorst(4);
      return pool.list.map(({ host }) => host.name).join('');
    };
    expect([left(), left(), left(), left(), left()]).toEqual(['acd', 'cd', 'd', '', '']);
  });

  it('sends r_probe probes for each request to different hosts, and carries fractions over', () => {
    const three = prequal({ r_probe: 3 });
    three.hold();
    expect(new Set(three.probed).size).toBe(3);
    const some = prequal({ r_probe: 0.5 });
    some.holdAll(5);
    expect(some.probed).toHaveLength(2);
    const many = prequal({ r_probe: 100 });
    many.hold();
    expect([...many.probed].sort().join(' ')).toBe(hosts);
  });

  it('keeps 16 probes, one of each host, the oldest leaves', () => {
    const pool = new ProbePool(2, 1000 * MS);
    const picks = prequal({});
    const probe = (letter: string, arrivedNs: number) => {
      return { host: picks.host(letter), inFlight: 0, latencyNs: 0, arrivedNs, usesLeft: 1 };
    };
    for (const letter of ['a', 'b', 'a', 'c']) pool.add(probe(letter, 0));
    expect(pool.list.map(({ host }) => host.name).join('')).toBe('ac');
  });

  it('forgets the probes of hosts that are gone', () => {
    const picks = prequal({});
    answer(picks, 'a 0 1', 'b 0 2', 'c 0 3');
    picks.update('b c d');
    expect(listOf(picks)).toBe('bc');
    expect(picks.hold().host).toBe('b');
  });
});

describe('the reuse limit (reference 5)', () => {
  const paper = { r_probe: 3, r_remove: 1, pool: 16, delta: 1 };

  it('is (1 + delta) / ((1 - m / n) r_probe - r_remove), at least 1', () => {
    expect(reuseLimit(paper, 100)).toBeCloseTo(2 / 1.52, 12);
    expect(reuseLimit(paper, 50)).toBeCloseTo(2 / 1.04, 12);
    expect(reuseLimit({ ...paper, r_probe: 10 }, 1_000_000)).toBe(1);
  });

  it('is none where no more probes come in than are removed', () => {
    expect(reuseLimit(paper, 24)).toBe(Number.POSITIVE_INFINITY);
    expect(reuseLimit(paper, 8)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is rounded at random: 2.5 is two uses or three', () => {
    // 8 hosts and a pool of 2: (1 - 1/4) 2.4 - 1 = 0.8, and 2 / 0.8 = 2.5.
    const uses = (drawn: number) => {
      const picks = prequal({ r_probe: 2.4, r_remove: 1, pool: 2, q_rif: 1 }, new Script([drawn]));
      answer(picks, 'a 0 1');
      return picks.method<HotColdLexicographic>().probes[0]!.usesLeft;
    };
    expect([uses(0.49), uses(0.51)]).toEqual([3, 2]);
  });

  it('a probe that is used up leaves the pool', () => {
    const picks = prequal({ r_probe: 4, r_remove: 0, pool: 4, delta: 1, q_rif: 1 }, new Script([0.9, 0.9]));
    answer(picks, 'a 0 1', 'b 0 2', 'c 0 3'); // 2 / ((1 - 1/2) 4) = 1 use each
    expect(picks.holdAll(2)).toBe('a b');
    expect(listOf(picks)).toBe('c');
  });
});

describe('what a server knows of itself', () => {
  it('is the median of its latest latencies at the number in flight, or the nearest', () => {
    const latencies = new LatencyByLoad();
    expect(latencies.estimate(3)).toBe(0);
    for (const latency of [10, 30, 20]) latencies.add(2, latency);
    for (const latency of [100, 300]) latencies.add(5, latency);
    expect([0, 2, 3, 4, 5, 90].map((inFlight) => latencies.estimate(inFlight))).toEqual([
      20, 20, 20, 200, 200, 200,
    ]);
  });

  it('forgets all but 16 of each number', () => {
    const latencies = new LatencyByLoad();
    for (let count = 0; count < 16; count += 1) latencies.add(0, 1);
    for (let count = 0; count < 8; count += 1) latencies.add(0, 5);
    expect(latencies.estimate(0)).toBe(3);
    latencies.add(0, 5);
    expect(latencies.estimate(0)).toBe(5);
  });
});

describe('quantiles of recent numbers', () => {
  it('are the smallest that so many do not exceed, of the last ones', () => {
    const counts = new RecentCounts(4);
    expect(counts.quantile(0.5)).toBe(0);
    for (const value of [9, 1, 2, 3, 4]) counts.add(value); // 9 is forgotten
    expect([0, 0.25, 0.26, 0.5, 0.75, 0.84, 1].map((part) => counts.quantile(part))).toEqual([
      1, 1, 2, 2, 3, 4, 4,
    ]);
  });
});

function listOf(picks: PlainPicks): string {
  return picks
    .method<HotColdLexicographic>()
    .probes.map(({ host }) => host.name)
    .join('');
}
