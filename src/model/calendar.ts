const SECONDS_PER_DAY = 86_400;
/** Days of 400 Gregorian years, of 100, of 4 and of 1; all counted from a 1 March, so that a leap day is the last. */
const DAYS_PER_400_YEARS = 146_097;
const DAYS_PER_100_YEARS = 36_524;
const DAYS_PER_4_YEARS = 1_461;
const DAYS_PER_YEAR = 365;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/** Spans of time that calendars cut the time into; all in UTC. */
export const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;
/** One of {@link PERIODS}. */
export type Period = (typeof PERIODS)[number];

/** Unix time, in whole seconds, of the start of the period that `seconds` (Unix time) lies in. */
export function periodStart(period: Period, seconds: number): number {
  switch (period) {
    case 'second':
      return Math.floor(seconds);
    case 'minute':
      return Math.floor(seconds / 60) * 60;
    case 'hour':
      return Math.floor(seconds / 3600) * 3600;
    default: {
      const days = Math.floor(seconds / SECONDS_PER_DAY);
      if (period === 'day') return days * SECONDS_PER_DAY;
      const { year, month } = dateOf(days);
      return daysOf(year, period === 'month' ? month : 1, 1) * SECONDS_PER_DAY;
    }
  }
}

/** Unix time in seconds of a date such as `2026-01-31T23:59:59Z`; `undefined` where it is none. */
export function maybeUnixSeconds(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12) return undefined;
  const days = daysOf(year, month, day);
  const date = dateOf(days);
  if (date.month !== month || date.day !== day) return undefined;
  return days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const { years, months } =
    month > 2 ? { years: year, months: month - 3 } : { years: year - 1, months: month + 9 };
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * DAYS_PER_YEAR + leapDays + daysBefore(months) + day - 1 - EPOCH_DAYS;
}

/** The date that is so many days after 1970-01-01. */
function dateOf(days: number): { year: number; month: number; day: number } {
  let rest = days + EPOCH_DAYS;
  const cycles = Math.floor(rest / DAYS_PER_400_YEARS);
  rest -= cycles * DAYS_PER_400_YEARS;
  const centuries = Math.min(3, Math.floor(rest / DAYS_PER_100_YEARS));
  rest -= centuries * DAYS_PER_100_YEARS;
  const leaps = Math.floor(rest / DAYS_PER_4_YEARS);
  rest -= leaps * DAYS_PER_4_YEARS;
  const years = Math.min(3, Math.floor(rest / DAYS_PER_YEAR));
  rest -= years * DAYS_PER_YEAR;
  // Months from March on are 31, 30, 31, 30, 31 days long, over and over.
  const months = Math.floor((5 * rest + 2) / 153);
  const month = months < 10 ? months + 3 : months - 9;
  const year = 400 * cycles + 100 * centuries + 4 * leaps + years + (month <= 2 ? 1 : 0);
  return { year, month, day: rest - daysBefore(months) + 1 };
}

/** Days from 1 March to the first of the month that is `months` later. */
function daysBefore(months: number): number {
  return Math.floor((153 * months + 2) / 5);
}
