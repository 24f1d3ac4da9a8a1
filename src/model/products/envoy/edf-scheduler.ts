import FastPriorityQueue from 'fastpriorityqueue';

/** Pre-picks are taken modulo this (`UINT_MAX / 10`). */
const PICKS_MODULUS = 429_496_729;

/** Added to every weight while pre-picks are emulated, so that deadlines which ought to be equal are. */
const WEIGHT_EPSILON = 1e-13;

interface EdfEntry<T> {
  readonly value: T;
  deadline: number;
  /** Equal deadlines leave in the order of insertion. */
  order: number;
}

/**
 * Earliest deadline first: weighted round robin over weights of any kind. Every value's deadline is the time it was put in,
 * plus 1 / weight; time is the deadline of what was picked last. The order of operations on doubles is Envoy's, because it
 * decides what would be a tie on paper. A pick is O(log n).
 *
 * Source: Envoy 1.31, source/common/upstream/edf_scheduler.h.
 */
export class EdfScheduler<T> {
  private readonly queue = new FastPriorityQueue<EdfEntry<T>>(leavesBefore);
  private currentTime = 0;
  private nextOrder = 0;

  /**
   * A scheduler over `values` in the state it has after `picks` picks, nearly: those that every value has for certain are
   * computed at once, and the few that are left are picked.
   * @param picks 0 to 2^32 - 1: Envoy hands its 64-bit seed in, of which the lower half gets through.
   */
  static createWithPicks<T>(
    values: readonly T[],
    weightOf: (value: T) => number,
    picks: number,
  ): EdfScheduler<T> {
    const scheduler = new EdfScheduler<T>();
    if (values.length === 0) return scheduler;
    const total = picks % PICKS_MODULUS;
    const weights = values.map((value) => weightOf(value) + WEIGHT_EPSILON);
    const weightsSum = weights.reduce((sum, weight) => sum + weight, 0);
    let picked = 0;
    for (const [order, value] of values.entries()) {
      const weight = weights[order]!;
      let turns = Math.trunc((weight * total) / weightsSum);
      // Where the doubles say that a pick is done which lies exactly at the present, it is left to the loop below.
      if (turns > 0 && turns / weight >= total / weightsSum) turns -= 1;
      scheduler.queue.add({ value, deadline: (turns + 1) / weight, order });
      scheduler.currentTime = Math.max(scheduler.currentTime, turns / weight);
      picked += turns;
    }
    scheduler.nextOrder = values.length;
    for (; picked < total; picked += 1) scheduler.pickAndAdd(weightOf);
    return scheduler;
  }

  /** Puts a value in. @param weight above 0. */
  add(weight: number, value: T): void {
    this.insert({ value, deadline: 0, order: 0 }, weight);
  }

  /** The value with the earliest deadline, put in again with its present weight; `undefined` if there is none at all. */
  pickAndAdd(weightOf: (value: T) => number): T | undefined {
    const entry = this.queue.poll();
    if (entry === undefined) return undefined;
    this.currentTime = entry.deadline;
    this.insert(entry, weightOf(entry.value));
    return entry.value;
  }

  private insert(entry: EdfEntry<T>, weight: number): void {
    entry.deadline = this.currentTime + 1 / weight;
    entry.order = this.nextOrder;
    this.nextOrder += 1;
    this.queue.add(entry);
  }
}

function leavesBefore(a: EdfEntry<unknown>, b: EdfEntry<unknown>): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}
