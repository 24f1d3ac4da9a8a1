import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/report/canonical.js';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatMs,
  formatMsWithInterval,
  formatPercent,
  formatRateWithInterval,
  threeDigits,
} from '../../src/report/text.js';
import { textWidth } from '../../src/report/text-width.js';

describe('numbers for readers', () => {
  it('have three significant digits and a unit', () => {
    expect([0, 0.00123, 0.4567, 1, 9.999, 12.34, 99.96, 987.4, 123_456].map(threeDigits)).toEqual([
      '0',
      '0.00123',
      '0.457',
      '1',
      '10',
      '12.3',
      '100',
      '987',
      '123,456',
    ]);
    expect([null, undefined, 0.42, 12.345, 999.4, 999.6, 61_000].map(formatMs)).toEqual([
      '-',
      '-',
      '0.42 ms',
      '12.3 ms',
      '999 ms',
      '1 s',
      '61 s',
    ]);
    expect([0, 0.00001, 0.00042, 0.049, 0.33333, 1].map(formatPercent)).toEqual([
      '0 %',
      '<0.01 %',
      '0.042 %',
      '4.9 %',
      '33.3 %',
      '100 %',
    ]);
    expect([0, 999, 1234567].map(formatCount)).toEqual(['0', '999', '1,234,567']);
    expect([9, 59.6, 125, 390].map(formatClock)).toEqual(['9 s', '60 s', '2m05s', '6m30s']);
    expect([12, 80e6, 2.5e9].map(formatBytes)).toEqual(['12 B', '80 MB', '2.5 GB']);
  });

  it('carry an interval in the same unit and with its decimals', () => {
    expect(formatMsWithInterval(12.345, [12, 12.69])).toBe('12.3 ±0.3 ms');
    expect(formatMsWithInterval(3160, [3150, 3170])).toBe('3.16 ±0.01 s');
    expect(formatMsWithInterval(3160, undefined)).toBe('3.16 s');
    expect(formatMsWithInterval(574.2, [566, 582])).toBe('574 ±8 ms');
    expect(formatRateWithInterval(330.4, [329.2, 331.6])).toBe('330 ±1');
    expect(formatRateWithInterval(100, [100, 100])).toBe('100 ±0');
  });
});

describe('canonicalJson', () => {
  it('writes numbers in one way', () => {
    expect(canonicalJson({ b: 0.1 + 0.2, a: -0, c: Number.NaN, d: 2 ** 53 })).toBe(
      '{"b":0.3,"a":0,"c":null,"d":9007199254740992}\n',
    );
  });
});

describe('textWidth', () => {
  it('adds up the widths of the font', () => {
    expect(textWidth('0', 10, 'normal')).toBeCloseTo(6.36, 9);
    expect(textWidth('00', 20, 'bold')).toBeCloseTo(27.84, 9);
    expect(textWidth('µ', 10, 'normal')).toBe(10);
  });
});
