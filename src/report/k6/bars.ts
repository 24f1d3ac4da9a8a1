import { goDuration } from '../../options/go-duration.js';
import { fixedDuration, fixedInteger, fixedRate } from './fixed-width.js';
import type { Bar } from './progress.js';

/** What a bar of a scenario tells: its progress and the columns at its right. */
export type BarState = Pick<Bar, 'progress' | 'columns'>;

/** How far an executor is in time; ns. */
export interface BarTime {
  /** Since its start. */
  readonly spentNs: number;
  /** Regular duration, or `maxDuration`. */
  readonly durationNs: number;
}

/** constant-vus: `3 VUs  1.0s/4s` (lib/executor/constant_vus.go). */
export function constantVusBar(time: BarTime, vus: number): BarState {
  const { columns, progress } = timed(time);
  return { progress, columns: [`${vus} VUs`, columns] };
}

/** ramping-vus: `2/3 VUs  1.0s/2.0s`; its duration is the time of the last step. */
export function rampingVusBar(time: BarTime, activeVus: number, vusMax: number): BarState {
  const { spentNs, durationNs } = time;
  const vus = `${fixedInteger(activeVus, vusMax)}/${fixedInteger(vusMax, vusMax)} VUs`;
  if (spentNs > durationNs) return { progress: 1, columns: [vus, goDuration(durationNs)] };
  const text = `${fixedDuration(spentNs, durationNs)}/${fixedDuration(durationNs, durationNs)}`;
  return { progress: spentNs / durationNs, columns: [vus, text] };
}

/** Iterations of an executor that counts them. */
export interface BarIterations {
  readonly vus: number;
  readonly done: number;
  readonly total: number;
}

/** shared-iterations: `2 VUs  0.5s/1s  04/10 shared iters`; its time runs on to the end. */
export function sharedIterationsBar(time: BarTime, iterations: BarIterations): BarState {
  const { vus, done, total } = iterations;
  const columns = [`${vus} VUs`, running(time), `${counted(done, total)} shared iters`];
  return { progress: done / total, columns };
}

/** per-vu-iterations: `2 VUs  0.5s/1s  02/10 iters, 5 per VU`. */
export function perVuIterationsBar(time: BarTime, iterations: BarIterations): BarState {
  const { vus, done, total } = iterations;
  const isOver = time.spentNs > time.durationNs;
  const text = isOver ? goDuration(time.durationNs) : running(time);
  const columns = [`${vus} VUs`, text, `${counted(done, total)} iters, ${total / vus} per VU`];
  return { progress: isOver ? 1 : done / total, columns };
}

/** Virtual users and rate of an executor that starts iterations by the clock. */
export interface BarArrivals {
  /** Within an iteration. */
  readonly busyVus: number;
  /** Made so far. */
  readonly allocatedVus: number;
  /** The most there may be. */
  readonly vusMax: number;
  /** Iterations per second: now, and at most. */
  readonly rate: number;
  readonly rateMax: number;
}

/** constant-arrival-rate and ramping-arrival-rate: `0/2 VUs  0.5s/1.9s  3.00 iters/s`. */
export function arrivalRateBar(time: BarTime, arrivals: BarArrivals): BarState {
  const { busyVus, allocatedVus, vusMax, rate, rateMax } = arrivals;
  const vus = `${fixedInteger(busyVus, vusMax)}/${fixedInteger(allocatedVus, vusMax)} VUs`;
  const { columns, progress } = timed(time);
  return { progress, columns: [vus, columns, `${fixedRate(rate, rateMax)} iters/s`] };
}

/** A scenario whose start time has not come: `waiting  1.0s`. */
export function waitingBar(leftNs: number, startTimeNs: number): BarState {
  return { progress: 0, columns: ['waiting', fixedDuration(leftNs, startTimeNs)] };
}

function timed(time: BarTime): { columns: string; progress: number } {
  const { spentNs, durationNs } = time;
  if (spentNs > durationNs) return { columns: goDuration(durationNs), progress: 1 };
  return { columns: running(time), progress: spentNs / durationNs };
}

function running({ spentNs, durationNs }: BarTime): string {
  return `${fixedDuration(spentNs, durationNs)}/${goDuration(durationNs)}`;
}

function counted(done: number, total: number): string {
  return `${fixedInteger(done, total)}/${fixedInteger(total, total)}`;
}
