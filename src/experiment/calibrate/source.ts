import type { CalibrationFit } from './calibrate.js';
import type { Observation } from './observation.js';
import type { CalibrationRun } from './simulator.js';

/** Runs that are named; the others are counted. */
const RUNS_NAMED = 3;

/** Which measurements say most of a parameter: `CPU per request (utilisation law) of n1-open30, n1-open40`. */
export function sourceOf(
  runs: readonly CalibrationRun[],
  { fit, problem }: Pick<CalibrationFit, 'fit' | 'problem'>,
  parameter: number,
): string {
  const kinds = new Map<string, Map<number, number>>();
  for (const [row, { run, observation }] of problem.places().entries()) {
    const information = fit.jacobian[row]![parameter]! ** 2;
    const kind = kindOf(runs[run]!.observations[observation]!);
    const byRun = kinds.get(kind) ?? new Map<number, number>();
    byRun.set(run, (byRun.get(run) ?? 0) + information);
    kinds.set(kind, byRun);
  }
  const [kind, byRun] = largest(kinds, (map) => sum(map.values()))!;
  const total = sum(byRun.values());
  const ranked = [...byRun].sort(([a, m], [b, n]) => n - m || a - b);
  // Those that hold a twentieth of what is known.
  const telling = ranked.filter(([, information]) => information > total / 20);
  const names = telling.slice(0, RUNS_NAMED).map(([run]) => runs[run]!.measured.run);
  const others = telling.length - names.length;
  return `${kind} of ${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function kindOf({ metric, isLowLoad }: Observation): string {
  switch (metric) {
    case 'cpu':
      return 'CPU per request (utilisation law)';
    case 'rate':
      return 'throughput';
    case 'failed':
      return 'error rate';
    default:
      return isLowLoad ? 'latency at low load' : 'latency under load';
  }
}

function largest<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  size: (value: Value) => number,
): [Key, Value] | undefined {
  return [...map].sort(([, a], [, b]) => size(b) - size(a))[0];
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
