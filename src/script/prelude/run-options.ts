import { host } from './host.js';
import { fromJson } from './json.js';

const known = new Map<string, unknown>();

/** An option of the run (`maxRedirects`) that holds for all virtual users; undefined where nobody has set it. */
export function optionOf(name: string): unknown {
  if (known.has(name)) return known.get(name);
  const text = host.execution(`option.${name}`);
  const value = text === '' ? undefined : fromJson(text);
  known.set(name, value);
  return value;
}
