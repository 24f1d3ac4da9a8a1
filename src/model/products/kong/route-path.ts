/**
 * A path of a route as a regular expression for the start of a request's path: a prefix, or what follows a `~`. `undefined`
 * where it is neither. Named groups are captured for `hash_on: uri_capture`.
 */
export function maybeRoutePath(text: string): RegExp | undefined {
  if (text.startsWith('/')) return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  if (!text.startsWith('~')) return undefined;
  try {
    return new RegExp(`^(?:${text.slice(1)})`);
  } catch {
    return undefined; // not a regular expression: the caller says so
  }
}

/** What the groups of the first path that fits have caught, by name and number; `undefined` where none fits. */
export function matchRoute(paths: readonly RegExp[], path: string): Record<string, string> | undefined {
  for (const candidate of paths) {
    const match = candidate.exec(path);
    if (match === null) continue;
    const numbered = match.slice(1).map((value, index) => [String(index + 1), value] as const);
    const all = [...numbered, ...Object.entries(match.groups ?? {})];
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
  return undefined;
}
