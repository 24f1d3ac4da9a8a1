import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../src/random/stream.js';
import { PlainPicks, Script } from './plain-picks.js';

describe('Finagle p2c (reference 5: P2CPick.scala)', () => {
  it('draws the second among the others, and takes the first of equals', () => {
    const stream = new Script();
    const picks = new PlainPicks('finagle', { p2c: {} }, { hosts: 'a b c', stream });
    stream.draw(1, 3).draw(1, 2); // b, and the second of a and c: c
    expect(picks.hold().host).toBe('b');
    stream.draw(1, 3).draw(1, 2);
    expect(picks.hold().host).toBe('c'); // b has one more
    stream.draw(2, 3).draw(1, 2); // c and b
    expect(picks.hold().host).toBe('c');
  });

  it('looks at the status before the load', () => {
    const stream = new Script();
    const picks = new PlainPicks('finagle', { p2c: {} }, { hosts: 'a b c', stream });
    picks.host('b').open = false;
    stream.draw(0, 3).draw(0, 2);
    expect(picks.hold().host).toBe('a');
    stream.draw(0, 3).draw(0, 2); // a has one, b none
    expect(picks.hold().host).toBe('a');
  });

  it('picks up to five times for an available host, then takes what comes', () => {
    const stream = new Script();
    const picks = new PlainPicks('finagle', { p2c: {} }, { hosts: 'a b c', stream });
    picks.host('a').open = false;
    picks.host('b').open = false;
    for (let effort = 0; effort < 4; effort += 1) stream.draw(0, 3).draw(0, 2); // a and b
    stream.draw(2, 3).draw(0, 2);
    expect(picks.hold().host).toBe('c');
    for (let effort = 0; effort < 5; effort += 1) stream.draw(1, 3).draw(0, 2); // b and a
    expect(picks.hold().host).toBe('b');
  });
});

describe('Finagle p2c_peak_ewma', () => {
  it('avoids a host that has an unanswered first request, and prefers one without a latency', () => {
    const stream = new Script();
    const picks = new PlainPicks('finagle', { p2c_peak_ewma: {} }, { hosts: 'a b', stream });
    const first = picks.hold();
    expect(first.host).toBe('a');
    picks.nowNs = 50e6;
    expect(picks.hold().host).toBe('b');
    first.end(); // a: 50 ms
    expect(picks.hold().host).toBe('a'); // 50 ms beside 2^47 - 1 + 1
  });
});

describe('Finagle round_robin (reference 5: RoundRobinBalancer.scala)', () => {
  it('goes round those that are available, and takes up one that is again', () => {
    const picks = new PlainPicks('finagle', { round_robin: {} }, { hosts: 'a b c', stream: new Script() });
    expect(picks.sequence(4)).toBe('a b c a');
    picks.host('b').open = false;
    expect(picks.sequence(4)).toBe('c a c a'); // b is skipped once, and the wheel built anew after that pick
    picks.host('b').open = true;
    expect(picks.sequence(4)).toBe('c a b c'); // seen with the first pick
  });

  it('takes the first where none is available: every pick builds the wheel anew', () => {
    const picks = new PlainPicks('finagle', { round_robin: {} }, { hosts: 'a b c', stream: new Script() });
    picks.sequence(2);
    for (const letter of 'abc') picks.host(letter).open = false;
    expect(picks.sequence(3)).toBe('a a a');
  });
});

describe('Finagle heap (reference 5: HeapLeastLoaded.scala)', () => {
  it('takes the top, and lets it sink below those with less; the right child comes before an equal left one', () => {
    const picks = new PlainPicks('finagle', { heap: {} }, { hosts: 'a b c d e', stream: new Script() });
    expect(picks.holdAll(5)).toBe('a c b e d');
  });

  it('puts a host that has become idle where the draw says', () => {
    const stream = new Script();
    const picks = new PlainPicks('finagle', { heap: {} }, { hosts: 'a b c', stream });
    const { host, end } = picks.hold();
    expect(host).toBe('a'); // heap: c b a
    stream.draw(0, 3); // a changes places with the first
    end();
    expect(picks.hold().host).toBe('a');
  });

  it('marks those that are not available, and takes one all the same where none is', () => {
    const picks = new PlainPicks('finagle', { heap: {} }, { hosts: 'a b c', stream: new Script() });
    picks.host('a').open = false;
    picks.host('b').open = false;
    expect(picks.holdAll(3)).toBe('c c c');
    picks.host('c').open = false;
    expect(picks.hold().host).toMatch(/[abc]/);
    picks.host('a').open = true;
    picks.host('b').open = true;
    picks.host('c').open = true;
    const letters = picks.holdAll(2);
    expect(letters.split(' ').sort().join(' ')).toMatch(/a b|a a|b b/);
  });

  test.prop({ ends: fc.array(fc.nat({ max: 30 }), { maxLength: 120 }), seed: fc.integer() })(
    'always takes a host with the fewest in flight',
    ({ ends, seed }) => {
      const stream = new RandomSource(`heap ${seed}`).stream('heap');
      const picks = new PlainPicks('finagle', { heap: {} }, { hosts: 'a b c d e f g', stream });
      const held: ReturnType<PlainPicks['hold']>[] = [];
      for (const index of ends) {
        const least = Math.min(...picks.selectors[0]!.hosts.map(({ inFlight }) => inFlight));
        const request = picks.hold();
        expect(picks.host(request.host).inFlight).toBe(least + 1);
        held.push(request);
        if (index < held.length) held.splice(index, 1)[0]!.end();
      }
    },
  );
});
