import { goError } from './errors.js';
import { toJson } from './json.js';

/** Tags as the host takes them: JSON, empty for none. @throws where a value is no string, number or boolean, as k6 does. */
export function tagsText(tags?: unknown): string {
  if (tags === undefined || tags === null) return '';
  const result: Record<string, string> = {};
  let count = 0;
  for (const key of Object.keys(tags as object)) {
    const value = (tags as Record<string, unknown>)[key];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw goError(
        `invalid value for metric tag '${key}': only String, Boolean and Number types are accepted as a metric tag values`,
      );
    }
    result[key] = String(value);
    count += 1;
  }
  return count === 0 ? '' : toJson(result);
}
