import { goError } from './errors.js';
import { toJson } from './json.js';
import { currentVu } from './vu.js';

/** The value of a tag. @throws where it is no string, number or boolean, as k6 does. */
export function tagValue(key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw goError(
    `invalid value for metric tag '${key}': only String, Boolean and Number types are accepted as a metric tag values`,
  );
}

/** The virtual user's own tags and these, as the host takes them: JSON, empty for none. */
export function tagsText(tags?: unknown): string {
  const own = currentVu().tags;
  if (tags === undefined || tags === null) return own === undefined ? '' : toJson(own);
  const result: Record<string, string> = { ...own };
  for (const key of Object.keys(tags as object)) {
    const value = tagValue(key, (tags as Record<string, unknown>)[key]);
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return toJson(result);
}
