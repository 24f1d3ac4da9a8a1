/** True if `version` (`1.29.7`, `3.9`) is `bound` or later: numbers compared one by one, missing ones count as 0. */
export function isAtLeast(version: string, bound: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of bound.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
