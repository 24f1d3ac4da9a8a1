import { describe, expect, it } from 'vitest';
import { Picks, weighted } from './picks.js';

// Sequences marked "seen" were recorded from nginx 1.22.1, one worker, no zone.
describe('nginx round robin', () => {
  it('spreads weights smoothly', () => {
    expect(new Picks({}, weighted(5, 1, 1)).sequence(14)).toBe('a a b a c a a a a b a c a a'); // seen
    expect(new Picks({}, weighted(1, 1, 1)).sequence(6)).toBe('a b c a b c'); // seen
    expect(new Picks({}, weighted(3, 2, 1)).sequence(6)).toBe('a b a c b a');
  });

  it('takes a dead server out for more than fail_timeout, then sends one trial', () => {
    // Seen: a alive, b refuses, fail_timeout 2 s, the failure in the middle of a second.
    const picks = new Picks({}, { a: { fail_timeout: '2s' }, b: { fail_timeout: '2s' } });
    picks.behaviour.b = 'refuses';
    picks.nowSeconds = 0.5;
    expect(picks.sequence(5)).toBe('a b,a a a a');
    picks.nowSeconds = 2.8; // 2 - 0 <= 2: still out
    expect(picks.send()).toBe('a');
    picks.nowSeconds = 3.1; // in again, but with its effective weight of 0 behind
    expect(picks.send()).toBe('a');
    picks.nowSeconds = 3.3; // a tie: the first wins
    expect(picks.send()).toBe('a');
    picks.nowSeconds = 4.7;
    expect(picks.sequence(2)).toBe('b,a a');
  });

  it('needs max_fails failures; the effective weight stays where the quotient is 0', () => {
    const picks = new Picks({}, { a: { max_fails: 3 }, b: { max_fails: 3 } });
    picks.behaviour.a = 'refuses';
    expect(picks.sequence(8)).toBe('a,b b a,b b a,b b b b'); // seen, with x for a and a for b
  });

  it('sends one trial at a time: nobody else until its result', () => {
    const picks = new Picks({}, { a: { fail_timeout: '2s' }, b: { fail_timeout: '2s' } });
    picks.behaviour.a = 'refuses';
    expect(picks.send()).toBe('a,b');
    picks.nowSeconds = 3;
    picks.behaviour.a = 'ok';
    const held = Array.from({ length: 6 }, () => picks.hold());
    expect(held.filter((request) => request.host === 'a')).toHaveLength(1);
    for (const request of held) request.end();
    const after = picks.sequence(6);
    expect(after.split(' ').filter((host) => host === 'a')).toHaveLength(3);
  });

  it('forgets failures only after a trial, not by successes at once', () => {
    const picks = new Picks({}, { a: { max_fails: 2, fail_timeout: '5s' }, b: {} });
    picks.behaviour.a = 'refuses';
    picks.send();
    picks.behaviour.a = 'ok';
    picks.sequence(4);
    picks.behaviour.a = 'refuses';
    picks.sequence(2);
    expect(picks.sequence(4)).toBe('b b b b'); // the second failure took it out
  });

  it('has no quick recovery: with all servers out, every request ends without a server', () => {
    const picks = new Picks({}, weighted(1, 1));
    picks.behaviour.a = 'refuses';
    picks.behaviour.b = 'refuses';
    expect(picks.sequence(3)).toBe('a,b - -');
    picks.nowSeconds = 10;
    expect(picks.send()).toBe('-');
    picks.nowSeconds = 11;
    expect(picks.send()).toBe('b,a');
  });

  it('uses backup servers only when no other is left', () => {
    const picks = new Picks({}, { a: {}, b: { backup: true } });
    picks.behaviour.a = 'refuses';
    expect(picks.sequence(3)).toBe('a,b b b'); // seen
  });

  it('counts no failures of a single server', () => {
    const picks = new Picks({}, weighted(1));
    picks.behaviour.a = 'refuses';
    expect(picks.sequence(4)).toBe('a a a a'); // seen
  });

  it('respects max_conns and down, also of a single server', () => {
    const picks = new Picks({}, { a: { max_conns: 1 }, b: { max_conns: 1 } });
    expect(picks.holdAll(3).hosts).toBe('a b -'); // seen: the third gets a 502
    const single = new Picks({}, { a: { max_conns: 1 } });
    expect(single.holdAll(2).hosts).toBe('a -');
    expect(new Picks({}, { a: { down: true } }).send()).toBe('-');
    expect(new Picks({}, { a: { down: true }, b: {}, c: {} }).sequence(4)).toBe('b c b c');
  });
});
