import { InputError, type Mistake } from './error.js';

/** Mistakes of a file of many rows. */
export interface RowMistakes {
  readonly file: string;
  readonly found: Mistake[];
}

/** More are the same one again: a file of another kind, or one column in another unit. */
const MISTAKES_MAX = 20;

/**
 * Notes a mistake of a row.
 * @throws InputError once there are 20.
 */
export function addRowMistake(
  mistakes: RowMistakes,
  row: { readonly line: number; readonly text: string },
  mistake: { readonly path: string; readonly got: string; readonly expected: string; readonly hint?: string },
): void {
  mistakes.found.push({ file: mistakes.file, line: row.line, column: 1, lineText: row.text, ...mistake });
  if (mistakes.found.length >= MISTAKES_MAX) throw new InputError(mistakes.found);
}

/** @throws InputError where there are any. */
export function throwRowMistakes(mistakes: RowMistakes): void {
  if (mistakes.found.length > 0) throw new InputError(mistakes.found);
}
