import { describe, expect, it } from 'vitest';
import { formatDuration, TIME_NS_MAX, toMs, toSeconds } from '../../src/kernel/time.js';
import { check, duration } from '../../src/options/fields.js';

describe('a duration in text', () => {
  it.each([
    [0, '0ns'],
    [999, '999ns'],
    [12_000, '12µs'],
    [250_000_000, '250ms'],
    [1_500_000_000, '1.5s'],
    [60_000_000_000, '1m'],
    [3_723_500_000_000, '1h2m3.5s'],
    [3_600_000_000_000, '1h'],
    [-1_000_000, '-1ms'],
  ])('%d ns is %s', (durationNs, text) => {
    expect(formatDuration(durationNs)).toBe(text);
  });

  it('is milliseconds for k6 and seconds for Prometheus', () => {
    expect([toMs(1_500_000), toSeconds(1_500_000_000)]).toEqual([1.5, 1.5]);
  });
});

describe('the clock', () => {
  it('holds the longest duration that a file may give to the nanosecond', () => {
    const result = check(duration(), '100d');
    expect(result.ok && result.value).toBe(8.64e15);
    expect(8.64e15).toBeLessThan(TIME_NS_MAX);
    expect(check(duration(), '101d').ok).toBe(false);
  });
});
