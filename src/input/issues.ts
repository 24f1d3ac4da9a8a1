import { didYouMean, type FieldIssue } from '../options/fields.js';
import type { Finding } from './origin.js';

/** The parts of a message that `problem()` of `options/fields.ts` made; any other text is what was expected. */
export function takeApart(message: string): { got: string; expected: string; hint?: string } {
  if (message.startsWith('{')) return JSON.parse(message) as { got: string; expected: string; hint?: string };
  if (message.endsWith('received undefined')) return { got: 'nothing', expected: 'a value' };
  return { got: 'something else', expected: message.replace(/^Invalid input: expected /, '') };
}

/** A field's issues as findings. A missing key is not told beside the misspelt one that was meant to be it. */
export function findingsOf(issues: readonly FieldIssue[]): Finding[] {
  const unknown = issues.filter((issue) => issue.aboutKey !== undefined);
  const findings = issues.map((issue) => ({
    path: issue.path,
    aboutKey: issue.aboutKey,
    ...takeApart(issue.message),
  }));
  return findings.filter((finding) => {
    if (finding.aboutKey !== undefined || finding.got !== 'nothing') return true;
    const key = finding.path.at(-1);
    const parent = JSON.stringify(finding.path.slice(0, -1));
    return !unknown.some(
      (issue) =>
        JSON.stringify(issue.path) === parent && didYouMean(issue.aboutKey, [String(key)]) !== undefined,
    );
  });
}
