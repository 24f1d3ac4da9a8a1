import { fail, text } from '../../../options/fields.js';
import { compileKey, type KeyTemplate, keyVariables } from './key.js';

/** Text with nginx variables, checked; it stays text. */
export function keyField() {
  return text().transform((value, context) => {
    const compiled = compileKey(value);
    if (typeof compiled !== 'function') {
      const known = [...keyVariables, 'arg_NAME', 'http_NAME', 'cookie_NAME'].map((name) => `$${name}`);
      fail(context, compiled.unknown, `text with the variables ${known.join(', ')}`);
    }
    return value;
  });
}

/** The template of a checked key. @throws {TypeError} where it was not checked. */
export function templateOf(key: string): KeyTemplate {
  const compiled = compileKey(key);
  if (typeof compiled !== 'function') throw new TypeError(`unknown variable ${compiled.unknown}`);
  return compiled;
}
