/**
 * Simulated time: a whole number of nanoseconds since the start of the run, held in a double.
 * Exact up to 2^53 ns = 104 days. Durations use the same unit.
 */

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_SECOND = 1_000_000_000;

/** A time that never comes; sorts after every real time. */
export const NEVER = Number.POSITIVE_INFINITY;

/** The largest time the clock can hold exactly (104 days). */
export const TIME_NS_MAX = Number.MAX_SAFE_INTEGER;

/** Milliseconds (k6's unit in every report) of a duration in nanoseconds. */
export function toMs(durationNs: number): number {
  return durationNs / NS_PER_MS;
}

/** Seconds of a duration in nanoseconds. */
export function toSeconds(durationNs: number): number {
  return durationNs / NS_PER_SECOND;
}

/** `1h2m3.5s`, `250ms`, `12µs`: a duration in nanoseconds as Go and k6 write it, for messages. */
export function formatDuration(durationNs: number): string {
  if (durationNs < 0) return `-${formatDuration(-durationNs)}`;
  if (durationNs < NS_PER_US) return `${durationNs}ns`;
  if (durationNs < NS_PER_MS) return `${trim(durationNs / NS_PER_US)}µs`;
  if (durationNs < NS_PER_SECOND) return `${trim(durationNs / NS_PER_MS)}ms`;
  const totalSeconds = durationNs / NS_PER_SECOND;
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds - hours * 3600) / 60);
  const seconds = trim(totalSeconds - hours * 3600 - minutes * 60);
  const head = (hours > 0 ? `${hours}h` : '') + (minutes > 0 ? `${minutes}m` : '');
  return seconds === '0' && head !== '' ? head : `${head}${seconds}s`;
}

function trim(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
