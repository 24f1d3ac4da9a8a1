import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../src/random/stream.js';
import { PlainPicks, Script } from './plain-picks.js';

describe('jsq', () => {
  it('takes the shortest of all, a uniform draw among equals', () => {
    const stream = new Script().draw(1, 3);
    const picks = new PlainPicks('ideal', { jsq: {} }, { hosts: 'a b c', stream });
    expect(picks.hold().host).toBe('b');
    stream.draw(1, 2);
    const second = picks.hold().host;
    expect(['a', 'c']).toContain(second);
    expect(picks.hold().host).toBe(second === 'a' ? 'c' : 'a');
  });

  it('draws every equal alike', () => {
    const stream = new RandomSource('430').stream('jsq');
    const picks = new PlainPicks('ideal', { jsq: {} }, { hosts: 'a b c d', stream });
    const counts = new Map<string, number>();
    for (const host of picks.sequence(4000).split(' ')) counts.set(host, (counts.get(host) ?? 0) + 1);
    // 4.5 binomial standard deviations of 1000 at p = 1/4: 123.
    for (const letter of 'abcd') expect(Math.abs(counts.get(letter)! - 1000)).toBeLessThan(123);
  });

  test.prop({ ends: fc.array(fc.nat({ max: 30 }), { maxLength: 120 }), seed: fc.integer() })(
    'whatever ends when, and whoever comes or goes',
    ({ ends, seed }) => {
      const stream = new RandomSource(`jsq ${seed}`).stream('jsq');
      const picks = new PlainPicks('ideal', { jsq: {} }, { hosts: 'a b c d e', stream });
      const held: ReturnType<PlainPicks['hold']>[] = [];
      for (const [step, index] of ends.entries()) {
        if (step % 20 === 19) picks.update(step % 40 === 19 ? 'a b c! f' : 'a b c d e');
        const least = Math.min(...picks.selectors[0]!.hosts.map(({ inFlight }) => inFlight));
        const request = picks.hold();
        expect(picks.host(request.host).inFlight).toBe(least + 1);
        held.push(request);
        if (index < held.length) held.splice(index, 1)[0]!.end();
      }
    },
  );

  it('of several dispatchers sees its own requests only', () => {
    const picks = new PlainPicks(
      'ideal',
      { jsq: {} },
      { hosts: 'a b', stream: new Script(), dispatchers: 2 },
    );
    expect(picks.hold(0).host).toBe('a');
    expect(picks.hold(1).host).toBe('a');
    expect(picks.hold(0).host).toBe('b');
  });
});

describe('jsq_d', () => {
  it('takes the shortest of d different ones, the first drawn of equals', () => {
    const stream = new Script();
    const picks = new PlainPicks('ideal', { jsq_d: { d: 2 } }, { hosts: 'a b c', stream });
    stream.draw(2, 3).draw(0, 2); // c, then of a b in some order
    expect(picks.hold().host).toBe('c');
    const stay = picks.holdAll(5).split(' ');
    expect(stay).toHaveLength(5);
  });

  it('with replacement may draw one twice', () => {
    const stream = new Script().draw(1, 3).draw(1, 3);
    const picks = new PlainPicks('ideal', { jsq_d: { d: 2, replacement: true } }, { hosts: 'a b c', stream });
    expect(picks.hold().host).toBe('b');
    stream.draw(1, 3).draw(1, 3);
    expect(picks.hold().host).toBe('b');
  });

  it('with d of all hosts is jsq', () => {
    const stream = new RandomSource('430').stream('jsq-d');
    const picks = new PlainPicks('ideal', { jsq_d: { d: 9 } }, { hosts: 'a b c d', stream });
    for (let round = 1; round <= 5; round += 1) {
      expect(new Set(picks.holdAll(4).split(' ')).size).toBe(4);
    }
  });
});

describe('jiq', () => {
  it('takes idle servers in the order of their reports, else one at random', () => {
    const stream = new Script();
    const picks = new PlainPicks('ideal', { jiq: {} }, { hosts: 'a b c', stream });
    const [a, b] = [picks.hold(), picks.hold()];
    expect([a.host, b.host]).toEqual(['a', 'b']);
    b.end();
    a.end();
    expect(picks.holdAll(3)).toBe('c b a'); // c has been idle from the beginning
    stream.draw(2, 3);
    expect(picks.hold().host).toBe('c'); // nobody is idle
  });

  it('a server stands in one queue of several, and withdraws when another dispatcher sends it a request', () => {
    const stream = new Script();
    // Reports at the beginning: the first dispatcher is there alone and gets all.
    const picks = new PlainPicks('ideal', { jiq: {} }, { hosts: 'a b', stream, dispatchers: 2 });
    stream.draw(1, 2); // the second dispatcher has no reports: a draw, b
    const other = picks.hold(1);
    expect(other.host).toBe('b');
    expect(picks.hold(0).host).toBe('a'); // b has withdrawn
    stream.draw(1, 2); // b becomes idle, and reports to the second
    other.end();
    stream.draw(0, 2); // the first has no reports: a draw, a
    expect(picks.hold(0).host).toBe('a');
    expect(picks.hold(1).host).toBe('b');
  });

  it('a server that is busy with the requests of others is not idle', () => {
    const stream = new Script();
    const picks = new PlainPicks('ideal', { jiq: {} }, { hosts: 'a', stream, dispatchers: 2 });
    const [one, two] = [picks.hold(0), picks.hold(1)];
    one.end();
    expect(picks.host('a').server.inFlight).toBe(1);
    two.end();
    expect(picks.host('a').server.inFlight).toBe(0);
  });

  it('goes on over hosts that come and go', () => {
    const picks = new PlainPicks('ideal', { jiq: {} }, { hosts: 'a b c', stream: new Script() });
    const held = picks.hold();
    picks.update('a! c d');
    held.end();
    expect(picks.holdAll(2)).toBe('c d');
    picks.update('a c d');
    expect(picks.hold().host).toBe('a');
  });
});

describe('random and round_robin', () => {
  it('random draws by weight', () => {
    const stream = new Script([0, 0.33, 0.34, 0.99]);
    const picks = new PlainPicks('ideal', { random: {} }, { hosts: 'a b c', stream });
    expect(picks.sequence(4)).toBe('a a b c');
  });

  it('round_robin takes each in turn, busy or not, and those that are left when one is gone', () => {
    const picks = new PlainPicks('ideal', { round_robin: {} }, { hosts: 'a b c', stream: new Script() });
    expect(picks.holdAll(5)).toBe('a b c a b');
    picks.update('a b! c!');
    expect(picks.holdAll(2)).toBe('a a');
    picks.update('a! b!');
    expect(picks.holdAll(1)).toBe('-');
  });
});
