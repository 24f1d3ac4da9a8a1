import { CommanderError } from 'commander';
import { formatMistakes, InputError } from '../input/error.js';
import { InvariantError } from '../kernel/invariant.js';
import type { Console } from './console.js';
import { ExitCode } from './exit-codes.js';

/** The command line asks for something that is not there, or cannot be done: told in one sentence, with a hint. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Tells what went wrong on stderr, in the form that fits; returns the exit code. */
export function reportFailure(error: unknown, console: Console, version: string): ExitCode {
  if (error instanceof CommanderError) {
    // The library has written its message; help and version end here as well.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.wrongInput;
  }
  if (error instanceof InputError) {
    console.error(formatMistakes(error.mistakes, console.paint));
    return ExitCode.wrongInput;
  }
  if (error instanceof UsageError) {
    console.error(`error: ${error.message}`);
    if (error.hint !== undefined) console.error(`  ${console.paint.hint('hint:')} ${error.hint}`);
    return ExitCode.wrongInput;
  }
  if (isSystemError(error)) {
    console.error(`error: ${error.message}`);
    return ExitCode.other;
  }
  const kind = error instanceof InvariantError ? 'a broken invariant' : 'an unexpected error';
  console.error(
    `sim ${version} stopped at ${kind}. This is a bug in sim, not in your files; please report what follows.`,
  );
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  if (error instanceof Error && !(error.stack ?? '').includes(error.message)) console.error(error.message);
  return ExitCode.other;
}

/** A disk that is full, a directory without permission: the system's words say it, a stack trace would not. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
