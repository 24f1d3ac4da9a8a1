import { describe, expect, it } from 'vitest';
import { Picks, weighted } from './picks.js';

describe('nginx random', () => {
  it('draws in proportion to the weights', () => {
    const picks = new Picks({ algorithm: 'random' }, weighted(3, 2, 1));
    const hosts = picks.sequence(6000).split(' ');
    // Binomial: 4.5 standard deviations of 6000 draws at p = 1/2, 1/3, 1/6 are at most 175.
    for (const [host, expected] of [
      ['a', 3000],
      ['b', 2000],
      ['c', 1000],
    ] as const) {
      expect(Math.abs(hosts.filter((drawn) => drawn === host).length - expected)).toBeLessThan(175);
    }
  });

  it('with two takes the less loaded: no two servers are ever far apart', () => {
    const picks = new Picks({ algorithm: { random: { two: 'least_conn' } } }, weighted(1, 1, 1));
    const hosts = picks.holdAll(300).hosts.split(' ');
    const counts = ['a', 'b', 'c'].map((host) => hosts.filter((drawn) => drawn === host).length);
    // The power of two choices keeps the gap near log log n; one choice would leave about sqrt(100) = 10.
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
  });

  it('gives up drawing after twenty and takes the next in turn', () => {
    const picks = new Picks({ algorithm: { random: { two: 'least_conn' } } }, { a: { down: true }, b: {} });
    expect(picks.sequence(3)).toBe('b b b');
  });

  it('redraws where a server is out', () => {
    const picks = new Picks({ algorithm: 'random' }, weighted(1, 1, 1));
    picks.behaviour.a = 'refuses';
    picks.sequence(20);
    expect(picks.sequence(50)).not.toContain('a');
  });
});
