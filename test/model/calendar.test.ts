import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { maybeUnixSeconds, PERIODS, periodStart } from '../../src/model/calendar.js';

/** From year 1 to 9999. */
const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });

/** What the language says: the start of the period of a date, in UTC. */
function start(period: string, date: Date): number {
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  const kept = 6 - PERIODS.indexOf(period as (typeof PERIODS)[number]);
  const [year, month = 0, day = 1, ...rest] = parts.slice(0, kept);
  const result = new Date(0);
  result.setUTCFullYear(year!, month, day);
  result.setUTCHours(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0, 0);
  return result.getTime() / 1000;
}

describe('the calendar', () => {
  test.prop([seconds, fc.constantFrom(...PERIODS)], { seed: 430 })(
    'has the periods of the language’s own dates',
    (unix, period) => {
      expect(periodStart(period, unix)).toBe(start(period, new Date(unix * 1000)));
    },
  );

  test.prop([seconds.filter((unix) => unix >= 0)], { seed: 430 })('reads what ISO 8601 writes', (unix) => {
    expect(maybeUnixSeconds(new Date(unix * 1000).toISOString().replace('.000', ''))).toBe(unix);
  });

  it.each(['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01', 'now'])(
    'refuses %s',
    (text) => {
      expect(maybeUnixSeconds(text)).toBeUndefined();
    },
  );
});
