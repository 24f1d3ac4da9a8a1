import { describe, expect, it } from 'vitest';
import { goDuration, parseGoDuration } from '../../src/options/go-duration.js';

describe("Go's durations", () => {
  it.each([
    ['1h2m3.5s', 3_723_500_000_000, '1h2m3.5s'],
    ['-500ms', -500_000_000, '-500ms'],
    ['1.5h', 5_400_000_000_000, '1h30m0s'],
    ['.5s', 500_000_000, '500ms'],
    ['1us', 1000, '1µs'],
    ['0', 0, '0s'],
    ['0.0000000019s', 1, '1ns'],
  ])('%s is %d ns, printed %s', (text, ns, printed) => {
    expect(parseGoDuration(text)).toBe(ns);
    expect(goDuration(ns)).toBe(printed);
  });

  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['abc', 'time: invalid duration "abc"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseGoDuration(text)).toThrow(message);
  });
});
