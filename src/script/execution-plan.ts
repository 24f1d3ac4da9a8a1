import type { ReservationStep, WorkloadPlug } from '../model/workload.js';

/** A scenario that can be run: its executor, with checked options. */
export interface PlannedScenario {
  readonly name: string;
  readonly plug: WorkloadPlug;
  /** Checked by the plug. */
  readonly options: unknown;
  readonly startTimeNs: number;
}

/** What all scenarios together reserve. */
export interface ExecutionPlan {
  /** Most virtual users there can be at one time, planned or made on demand. */
  readonly vusMax: number;
  /** When the last reservation ends: k6's `max duration`. */
  readonly endNs: number;
}

/**
 * Adds the reservations of all scenarios up over time (lib/executors.go, GetFullExecutionRequirements).
 *
 * @param scenarios by start time, then by name.
 */
export function planOf(scenarios: readonly PlannedScenario[]): ExecutionPlan {
  const steps = scenarios.flatMap(({ plug, options, startTimeNs }, index) =>
    plug.requirements(options as never).map((step) => ({ step, index, atNs: step.atNs + startTimeNs })),
  );
  steps.sort((left, right) => left.atNs - right.atNs || left.index - right.index);
  const present = scenarios.map(() => 0);
  let vusMax = 0;
  for (const { step, index } of steps) {
    present[index] = reserved(step);
    vusMax = Math.max(
      vusMax,
      present.reduce((sum, vus) => sum + vus, 0),
    );
  }
  return { vusMax, endNs: steps.at(-1)?.atNs ?? 0 };
}

function reserved({ plannedVus, unplannedVusMax }: ReservationStep): number {
  return plannedVus + unplannedVusMax;
}
