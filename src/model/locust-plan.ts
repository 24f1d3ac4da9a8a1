import { NS_PER_SECOND } from '../kernel/time.js';
import { reservations } from './ramp.js';
import type { VuStep } from './workload.js';

/** One stage of a load shape: holds while less than `duration` of the whole test has passed. */
export interface LocustStage {
  /** End of the stage, since the start of the test, ns. */
  readonly duration: number;
  readonly users: number;
  /** Users started or stopped per second on the way there. */
  readonly spawn_rate: number;
}

/** What decides how many users there are, checked. */
export interface LocustRamp {
  readonly users: number;
  readonly spawn_rate: number;
  readonly run_time?: number | undefined;
  readonly stages?: readonly LocustStage[] | undefined;
  readonly stop_timeout: number;
}

/** The shape is asked once a second (locust/runners.py, shape_worker). */
const TICK_NS = NS_PER_SECOND;

/**
 * How many users locust has over time: of `floor(spawn_rate)` users (one at least) at once, the first batch at the start, the next
 * after so many / spawn_rate seconds (locust/dispatch.py, UsersDispatcher.new_dispatch); the same way down. A shape is asked every
 * second, and where its answer has changed, what was left of the old ramp is dropped.
 *
 * Ascending in time; the last step is the end, at 0.
 */
export function locustSteps(ramp: LocustRamp): VuStep[] {
  const steps = wantedSteps(ramp);
  return [...steps, { atNs: locustEndNs(ramp), vus: 0 }];
}

/** How many may exist: where users are stopped, they have `stop_timeout` to finish their task. */
export function locustReservations(ramp: LocustRamp): VuStep[] {
  const gracefulNs = ramp.stop_timeout;
  return reservations(wantedSteps(ramp), { gracefulNs, endNs: locustEndNs(ramp) + gracefulNs });
}

/** When all users are stopped: at `run_time`, or at the first tick after the last stage. */
export function locustEndNs({ run_time: runTimeNs, stages }: LocustRamp): number {
  const shapeNs = stages === undefined ? Number.POSITIVE_INFINITY : tickAfter(stages.at(-1)!.duration);
  return Math.min(shapeNs, runTimeNs ?? Number.POSITIVE_INFINITY);
}

/** The first tick of the shape at or after `atNs`. */
function tickAfter(atNs: number): number {
  return Math.ceil(atNs / TICK_NS) * TICK_NS;
}

/** Without the end. */
function wantedSteps(ramp: LocustRamp): VuStep[] {
  const endNs = locustEndNs(ramp);
  const steps: VuStep[] = [{ atNs: 0, vus: 0 }];
  const { stages = [{ duration: endNs, users: ramp.users, spawn_rate: ramp.spawn_rate }] } = ramp;
  let startNs = 0;
  let last: LocustStage | undefined;
  for (const [index, stage] of stages.entries()) {
    const stageEndNs = Math.min(endNs, index === stages.length - 1 ? endNs : tickAfter(stage.duration));
    if (startNs >= stageEndNs) continue;
    const isSame = last?.users === stage.users && last.spawn_rate === stage.spawn_rate;
    // The ramp of an earlier stage goes on where the next one answers the same: locust starts nothing anew.
    if (!isSame) dispatch(steps, stage, { startNs, untilNs: endOfSame(stages, index, endNs) });
    last = stage;
    startNs = stageEndNs;
  }
  return steps[1]?.atNs === 0 ? steps.slice(1) : steps;
}

/** When the shape first answers otherwise than at stage `index`. */
function endOfSame(stages: readonly LocustStage[], index: number, endNs: number): number {
  const { users, spawn_rate: rate } = stages[index]!;
  let last = index;
  while (stages[last + 1]?.users === users && stages[last + 1]!.spawn_rate === rate) last += 1;
  return last === stages.length - 1 ? endNs : Math.min(endNs, tickAfter(stages[last]!.duration));
}

interface Cycle {
  readonly startNs: number;
  /** From here on nothing of it happens. */
  readonly untilNs: number;
}

/** One dispatch cycle: from the number of users that there is to that of `stage`. */
function dispatch(steps: VuStep[], stage: LocustStage, { startNs, untilNs }: Cycle): void {
  const { users, spawn_rate: rate } = stage;
  const batch = Math.max(1, Math.floor(rate));
  let { vus } = steps.at(-1)!;
  for (let index = 0; vus !== users; index += 1) {
    const atNs = startNs + Math.round((index * batch * NS_PER_SECOND) / rate);
    if (atNs >= untilNs) return;
    vus = vus < users ? Math.min(vus + batch, users) : Math.max(vus - batch, users);
    steps.push({ atNs, vus });
  }
}
