import { describe, expect, it } from 'vitest';
import { Picks, weighted } from './picks.js';

describe('nginx least_conn', () => {
  it('takes the least loaded for its weight, and breaks ties by round robin', () => {
    const picks = new Picks({ algorithm: 'least_conn' }, weighted(2, 1, 1));
    const held = picks.holdAll(8);
    expect(held.hosts).toBe('a b c a c a b a'); // seen, nginx 1.22.1
    held.endAll();
    expect(picks.sequence(8)).toBe('b a c a b a c a'); // seen: goes on from the weights as they were
  });

  it('skips the full and the dead', () => {
    const picks = new Picks({ algorithm: 'least_conn' }, { a: {}, b: { max_conns: 1 }, c: {} });
    picks.behaviour.c = 'refuses';
    picks.sequence(3);
    expect(picks.holdAll(4).hosts.split(' ').sort().join(' ')).toBe('a a a b');
  });

  it('does the same among backup servers', () => {
    const backup = { backup: true };
    const picks = new Picks({ algorithm: 'least_conn' }, { a: { down: true }, b: backup, c: backup });
    expect(picks.holdAll(4).hosts).toBe('b c c b');
  });
});
