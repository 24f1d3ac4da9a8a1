import { count, duration, fail, list, number, record } from '../../options/fields.js';
import type { ClientManners } from '../client-manners.js';
import { type LocustRamp, locustEndNs, locustReservations, locustSteps } from '../locust-plan.js';
import { RampingSlots } from '../ramping-slots.js';
import { createPacing, waitTimeField } from '../wait-time.js';
import { startOption, VUS_MAX, type WorkloadPlug } from '../workload.js';

/** Smallest spawn rate: one user in a quarter of an hour. */
const SPAWN_RATE_MIN = 0.001;

const spawnRate = () => number({ min: SPAWN_RATE_MIN, max: VUS_MAX });

const stage = record({
  duration: duration({ minNs: 1 }).describe('until when it holds, from the start of the test'),
  users: count({ max: VUS_MAX }).describe('users at its end'),
  spawn_rate: spawnRate().describe('users started or stopped per second'),
});

const options = record({
  ...startOption,
  users: count({ min: 1, max: VUS_MAX }).default(1).describe('users at the peak (`--users`)'),
  spawn_rate: spawnRate().default(1).describe('users started per second (`--spawn-rate`)'),
  run_time: duration({ minNs: 1 }).optional().describe('when all users are stopped (`--run-time`)'),
  stages: list(stage)
    .optional()
    .describe(
      'a LoadTestShape, asked every second, in place of users and spawn_rate; the end of the last one is the end',
    ),
  wait_time: waitTimeField
    .default({ constant: 0 })
    .describe('between two tasks of a user; none where a user class has no wait_time'),
  stop_timeout: duration()
    .default(0)
    .describe('how long stopped users may finish their task before they are killed (`--stop-timeout`)'),
}).superRefine((value, context) => {
  const { stages, run_time: runTime } = value;
  if (stages === undefined && runTime === undefined) {
    fail(context, undefined, 'how long it runs: a duration, or stages', undefined, ['run_time']);
  }
  if (stages === undefined) return;
  if (stages.length === 0) fail(context, stages, 'at least one stage', undefined, ['stages']);
  stages.forEach(({ duration: endNs }, index) => {
    if (index === 0 || endNs > stages[index - 1]!.duration) return;
    const hint = 'a stage ends so long after the start of the test';
    fail(context, endNs, 'a duration beyond that of the stage before', hint, ['stages', index, 'duration']);
  });
});

/** python-requests, as `HttpUser` uses it: keep-alive, no retries. */
const MANNERS: ClientManners = {
  userAgent: 'python-requests/2.32.5',
  headLines: ['Accept-Encoding: gzip, deflate', 'Accept: */*', 'Connection: keep-alive'],
  connections: 'kept',
  staleConnections: 'fail',
};

/**
 * Users of locust: each does a task (the iteration), waits, and does the next. `choose` with weights is `@task(weight)`.
 *
 * Limits: one worker process and one user class; of the users to be stopped the last ones started are taken (locust takes them in
 * the order of a Python set); a batch of users starts within no time; with `stop_timeout` the next batch does not wait until the
 * users of the last one have stopped. An answer may take as long as the step's `timeout` says, 60 s: that of FastHttpUser, while
 * HttpUser has none.
 */
export const locust: WorkloadPlug<typeof options> = {
  name: 'locust',
  summary:
    "Locust's users: spawned in batches, each does a task, waits for its wait_time, and does the next.",
  source: 'locust 2.42.0, locust/runners.py, dispatch.py, user/wait_time.py, shape.py; requests 2.32',
  options,
  example: 'executor: locust\nusers: 50\nspawn_rate: 5\nrun_time: 2m\nwait_time: { between: [1s, 5s] }',
  manners: () => MANNERS,
  generator: ({ startTime }) => ({ kind: 'locust', startNs: startTime }),
  plan: (checked) => ({ kind: 'vus', steps: locustSteps(checked) }),
  requirements: (checked) =>
    locustReservations(checked).map(({ atNs, vus }) => ({ atNs, plannedVus: vus, unplannedVusMax: 0 })),
  describe: (checked) => describeRamp(checked),
  create: (checked, context) =>
    new RampingSlots(
      {
        steps: locustSteps(checked),
        reservations: locustReservations(checked),
        pacing: createPacing(checked.wait_time, context.source),
        users: 'new',
      },
      context,
    ),
};

/** Locust's log line of a ramp, and how long it goes on. */
function describeRamp(ramp: LocustRamp): string {
  const seconds = locustEndNs(ramp) / 1e9;
  if (ramp.stages !== undefined) return `Shape test of ${ramp.stages.length} stages for ${seconds} seconds`;
  return `Ramping to ${ramp.users} users at a rate of ${ramp.spawn_rate.toFixed(2)} per second, for ${seconds} seconds`;
}
