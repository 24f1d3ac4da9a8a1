import type { z } from 'zod';
import { didYouMean } from './did-you-mean.js';
import { problem } from './mistake.js';

/** One mistake: where in the value (keys and indices), and its {@link problem} message. */
export interface FieldIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Set where the path names a key itself (an unknown key), not its value. */
  readonly aboutKey?: string;
}

/** The mistakes that one issue of the schema library stands for: several unknown keys are one each, a union tells of the form that was meant. */
export function flattenIssue(issue: z.core.$ZodIssue): FieldIssue[] {
  const path = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path,
      message: issue.keys.length === 1 ? issue.message : aboutOneKey(issue.message, key),
      aboutKey: key,
    }));
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((errors) => errors.length > 0);
    const nearest = branches.sort((a, b) => compare(wrongKeys(a), wrongKeys(b)) || depth(b) - depth(a))[0];
    if (nearest !== undefined && (depth(nearest) > 0 || (wrongKeys(nearest) > 0 && !isOtherType(nearest)))) {
      return nearest.flatMap(flattenIssue).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
    }
    if (branches.length > 0) return [{ path, message: noForm(branches, issue.message) }];
  }
  const aboutKey = issue.code === 'custom' ? (issue.params?.aboutKey as string | undefined) : undefined;
  return [{ path, message: issue.message, ...(aboutKey === undefined ? {} : { aboutKey }) }];
}

/**
 * Reports the mistakes that the check of a part found, from inside the check of the whole.
 * @param path leads from the whole to the part.
 */
export function handOn(
  context: z.RefinementCtx,
  issues: readonly FieldIssue[],
  path: readonly (string | number)[] = [],
): void {
  for (const { message, path: inner, aboutKey } of issues) {
    const params = aboutKey === undefined ? {} : { params: { aboutKey } };
    context.addIssue({ code: 'custom', message, path: [...path, ...inner], ...params });
  }
}

/** What is said of a value that is of none of several forms: each of them, or what the choice between them says itself. */
function noForm(branches: readonly (readonly z.core.$ZodIssue[])[], own: string): string {
  const messages = branches.map(([first]) => first!.message).filter((message) => message.startsWith('{'));
  const [first] = messages;
  if (first === undefined) return own.startsWith('{') ? own : branches[0]![0]!.message;
  const parts = messages.map((message) => JSON.parse(message) as { expected: string });
  const expectedText = [...new Set(parts.map((part) => part.expected))].join(', or ');
  return JSON.stringify({ ...JSON.parse(first), expected: expectedText });
}

/** The message about several unknown keys, for one of them. */
function aboutOneKey(message: string, key: string): string {
  const { expected: expectedText } = JSON.parse(message) as { expected: string };
  const known = expectedText.replace(/^only the keys /, '').split(', ');
  return problem(key, expectedText, didYouMean(key, known));
}

/** How many keys of the mapping itself are unknown or missing: the form with the fewest is the one that was meant. */
function wrongKeys(issues: readonly z.core.$ZodIssue[]): number {
  if (isOtherType(issues)) return Number.POSITIVE_INFINITY;
  let wrong = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) wrong += issue.keys.length;
    else if (issue.code !== 'custom' && issue.path.length === 1 && issue.input === undefined) wrong += 1;
  }
  return wrong;
}

/** For sorting; unlike a difference, right for infinite values. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True where a mapping was given for a list, or the like: of all forms the farthest. */
function isOtherType(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}
