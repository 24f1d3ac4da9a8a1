const DAY_SECONDS = 86_400;

/**
 * `2026-11-20T20:29:17`: a moment in UTC, whole seconds since 1970. The days are counted as in the proleptic Gregorian calendar
 * (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
 */
export function utcSeconds(unixSeconds: number): string {
  const days = Math.floor(unixSeconds / DAY_SECONDS);
  const rest = unixSeconds - days * DAY_SECONDS;
  const clock = [rest / 3600, (rest / 60) % 60, rest % 60].map((part) => two(Math.floor(part))).join(':');
  return `${utcDate(days)}T${clock}`;
}

/** Years begin in March, so that the leap day is the last of all; an era is 400 years, or 146,097 days. */
function utcDate(daysSince1970: number): string {
  const days = daysSince1970 + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
