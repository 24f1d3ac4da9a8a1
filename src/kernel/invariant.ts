/** A broken promise of our own code: never the user's fault, never caught, always worth a bug report. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Where a run stood when an invariant broke, and the command that goes there again. */
export interface ReplayPoint {
  readonly seed: string;
  readonly nowNs: number;
  readonly eventCount: number;
  readonly command: string;
}

/** Throws {@link InvariantError} with `message` unless `condition` holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The same failure with time, event number, seed and the line that replays it, as the run loop reports it. */
export function atReplayPoint(error: InvariantError, point: ReplayPoint): InvariantError {
  const where = `at ${point.nowNs} ns, event ${point.eventCount}, seed ${point.seed}`;
  const located = new InvariantError(`${error.message} (${where}); replay: ${point.command}`);
  located.stack = error.stack;
  return located;
}
