/** A mistake in a script that is found before it runs. */
export class ScriptError extends Error {
  constructor(
    message: string,
    /** Line and column count from 1. */
    readonly place?: { readonly file: string; readonly line: number; readonly column: number },
  ) {
    super(message);
  }
}
