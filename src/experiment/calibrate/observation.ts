import type { MeasuredRun } from '../../input/measured.js';
import type { CpuShare } from '../../input/measured-cpu.js';

/** What is fitted, by k6's names, and `cpu`: CPU seconds of the instances per request. */
export type ObservedMetric = 'avg' | 'med' | 'p(90)' | 'p(95)' | 'rate' | 'failed' | 'cpu';

/** A part of a run, from `startSeconds` to before `endSeconds`. */
export interface ObservedWindow {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** One number that was measured, which the model has to meet. */
export interface Observation {
  readonly metric: ObservedMetric;
  readonly window: ObservedWindow;
  /** Only requests of this name; absent: all. */
  readonly route?: string | undefined;
  /** Natural logarithm of ms, requests per second, or CPU seconds; a plain ratio for `failed`. Mean of the takes. */
  readonly value: number;
  /** One per take, in the order of the takes. */
  readonly takes: readonly number[];
  /** Standard deviation that measurement and model may differ by. */
  readonly sigma: number;
  /** True where nearly nothing waits: it depends on demands alone. */
  readonly isLowLoad: boolean;
  /** `total`: of the whole run, for a reader; its parts are what is fitted. */
  readonly role: 'fitted' | 'total';
}

/** One take of a measured run, with what its servers counted. */
export interface Take {
  readonly run: MeasuredRun;
  /** CPU and requests of the instances per scrape; empty where nobody scraped. */
  readonly cpu: readonly CpuShare[];
}

/** An observation whose spread between takes is not in its sigma yet. */
export type Draft = Omit<Observation, 'value' | 'role'>;

/** Throughput and CPU per request are sums over thousands of requests. */
export const RATE_TOLERANCE = 0.01;
/** Fewer requests say nothing of a quantile. */
export const REQUESTS_MIN = 30;

/** The sample variance; 0 for fewer than two. */
export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** The mean; NaN for none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The square root of the sum of the squares. */
export function norm(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
