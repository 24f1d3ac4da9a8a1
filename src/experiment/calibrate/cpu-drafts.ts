import type { CpuShare } from '../../input/measured-cpu.js';
import { log } from '../../random/math.js';
import {
  type Draft,
  meanOf,
  norm,
  type ObservedWindow,
  RATE_TOLERANCE,
  REQUESTS_MIN,
  type Take,
} from './observation.js';

/** CPU per request of the whole run, and of its busiest and its quietest part where the rate changes. */
export function cpuDrafts(takes: readonly Take[], durationSeconds: number): Draft[] {
  if (takes.length === 0 || takes.some(({ cpu }) => cpu.length === 0)) return [];
  const parts = cpuParts(takes[0]!.cpu, durationSeconds);
  return parts.flatMap((window) => {
    const sums = takes.map(({ cpu }) => sumOf(cpu, window));
    if (sums.some(({ requests, seconds }) => requests < REQUESTS_MIN || seconds <= 0)) return [];
    const seconds = meanOf(sums.map((sum) => sum.seconds));
    return [
      {
        metric: 'cpu' as const,
        window,
        takes: sums.map((sum) => log(sum.seconds / sum.requests)),
        sigma: norm(RATE_TOLERANCE, TICK_SECONDS / seconds),
        isLowLoad: true,
      },
    ];
  });
}

/** The kernel counts a process's CPU in ticks (USER_HZ, 100 per second). */
const TICK_SECONDS = 0.01;

function cpuParts(cpu: readonly CpuShare[], durationSeconds: number): ObservedWindow[] {
  const inside = cpu.filter(
    ({ startSeconds, endSeconds }) => startSeconds >= 0 && endSeconds <= durationSeconds,
  );
  const first = inside[0];
  const last = inside.at(-1);
  if (first === undefined || last === undefined) return [];
  const { startSeconds } = first;
  const { endSeconds } = last;
  const third = (endSeconds - startSeconds) / 3;
  const quiet = { startSeconds, endSeconds: startSeconds + third };
  const busy = { startSeconds: startSeconds + third, endSeconds };
  const rate = (window: ObservedWindow) =>
    sumOf(cpu, window).requests / (window.endSeconds - window.startSeconds);
  return rate(busy) > 2 * rate(quiet) ? [quiet, busy] : [{ startSeconds, endSeconds }];
}

function sumOf(cpu: readonly CpuShare[], window: ObservedWindow): { requests: number; seconds: number } {
  let requests = 0;
  let seconds = 0;
  for (const share of cpu) {
    const middle = (share.startSeconds + share.endSeconds) / 2;
    if (middle < window.startSeconds || middle >= window.endSeconds) continue;
    requests += share.requests;
    seconds += share.cpuSeconds;
  }
  return { requests, seconds };
}
