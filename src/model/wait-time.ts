import { NS_PER_SECOND } from '../kernel/time.js';
import { duration, fail, list, number, record } from '../options/fields.js';
import type { RandomSource, RandomStream } from '../random/stream.js';
import type { Pacing } from './ramping-slots.js';

/** `wait_time`: one of locust's four rules (locust/user/wait_time.py). */
export const waitTimeField = record({
  between: list(duration()).optional().describe('[shortest, longest]: every length between them alike'),
  constant: duration().optional().describe('always as long'),
  constant_pacing: duration()
    .optional()
    .describe('a task every so often: as long as the task was shorter; not at all if it was longer'),
  constant_throughput: number({ above: 0 })
    .optional()
    .describe('tasks per second of a user; constant_pacing the other way round'),
}).superRefine((value, context) => {
  const keys = Object.keys(value).filter((key) => value[key as keyof typeof value] !== undefined);
  if (keys.length !== 1) {
    fail(context, keys, 'one of between, constant, constant_pacing and constant_throughput');
  }
  const { between } = value;
  if (between === undefined || (between.length === 2 && between[0]! <= between[1]!)) return;
  fail(context, between, 'two durations, the shorter one first', undefined, ['between']);
});

/** A rule, checked; durations in ns. */
export interface WaitTime {
  readonly between?: readonly number[] | undefined;
  readonly constant?: number | undefined;
  readonly constant_pacing?: number | undefined;
  readonly constant_throughput?: number | undefined;
}

/** What a user of locust waits after each task; the draws are each slot's own, one per wait. */
export function createPacing(rule: WaitTime, source: RandomSource): Pacing {
  if (rule.between !== undefined) return new Between(rule.between, source);
  if (rule.constant !== undefined) {
    const pauseNs = rule.constant;
    return { begin: () => {}, pauseNs: () => pauseNs };
  }
  return new ConstantPacing(rule.constant_pacing ?? NS_PER_SECOND / rule.constant_throughput!);
}

/** shortest + random() * (longest - shortest). */
class Between implements Pacing {
  private readonly streams: RandomStream[] = [];
  private readonly shortestNs: number;
  private readonly rangeNs: number;

  constructor(
    [shortestNs, longestNs]: readonly number[],
    private readonly source: RandomSource,
  ) {
    this.shortestNs = shortestNs!;
    this.rangeNs = longestNs! - shortestNs!;
  }

  begin(): void {}

  pauseNs(slot: number): number {
    let stream = this.streams[slot];
    if (stream === undefined) {
      stream = this.source.stream(`vu/${slot}/waits`);
      this.streams[slot] = stream;
    }
    return Math.round(this.shortestNs + stream.next() * this.rangeNs);
  }
}

/** As locust does it: the task's time is what has passed since the last wait was decided, less that wait. */
class ConstantPacing implements Pacing {
  private readonly lastRunNs: number[] = [];
  private readonly lastWaitNs: number[] = [];

  constructor(private readonly intervalNs: number) {}

  begin(slot: number, nowNs: number): void {
    this.lastRunNs[slot] = nowNs;
    this.lastWaitNs[slot] = 0;
  }

  pauseNs(slot: number, nowNs: number): number {
    const runTimeNs = nowNs - this.lastRunNs[slot]! - this.lastWaitNs[slot]!;
    const waitNs = Math.max(0, Math.round(this.intervalNs - runTimeNs));
    this.lastRunNs[slot] = nowNs;
    this.lastWaitNs[slot] = waitNs;
    return waitNs;
  }
}
