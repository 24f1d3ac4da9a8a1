import type { Plan, WorkloadPlug } from '../model/workload.js';

/** How long an executor goes on by its plan, graceful stops left out; ns. */
export function plannedNs({
  plug,
  options,
}: {
  readonly plug: WorkloadPlug;
  readonly options: unknown;
}): number {
  return planDurationNs(plug.plan(options as never));
}

function planDurationNs(plan: Plan): number {
  if (plan.kind === 'vus') return plan.steps.at(-1)?.atNs ?? 0;
  return plan.kind === 'arrivals' ? plan.durationNs : plan.maxDurationNs;
}
