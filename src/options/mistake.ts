import type { z } from 'zod';

/** The message form that `input/error.ts` takes apart again: what was got, what was expected, a hint. */
export function problem(got: unknown, expectedText: string, hint?: string): string {
  return JSON.stringify({ got: show(got), expected: expectedText, ...(hint === undefined ? {} : { hint }) });
}

/** The same as the schema library asks for it: a function of its own issue. */
export function expected(expectedText: string) {
  return (issue: { input?: unknown }) => problem(issue.input, expectedText);
}

/** Reports a mistake from inside a transform or a cross-field check. */
export function fail(
  context: z.RefinementCtx,
  got: unknown,
  expectedText: string,
  hint?: string,
  path: (string | number)[] = [],
): void {
  context.addIssue({ code: 'custom', message: problem(got, expectedText, hint), path, input: got });
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'a mapping';
  return String(value);
}
