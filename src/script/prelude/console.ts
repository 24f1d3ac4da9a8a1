import { host } from './host.js';
import { toJson } from './json.js';

/** k6's `console`: internal/js/console.go. */
export function consoleObject(): object {
  const write =
    (level: string) =>
    (...values: unknown[]): void => {
      let text = '';
      for (let index = 0; index < values.length; index++)
        text += (index > 0 ? ' ' : '') + shown(values[index]);
      host.log(level, text, 'console');
    };
  return {
    log: write('info'),
    info: write('info'),
    warn: write('warning'),
    error: write('error'),
    debug: write('debug'),
  };
}

function shown(value: unknown): string {
  try {
    if (typeof value === 'function') return '[object Function]';
    if (typeof value === 'symbol') return value.description ?? '';
    if (typeof value !== 'object' || value === null) return String(value);
    if (value instanceof Error) return String(value);
    const text = toJson(value);
    // A value without a form in JSON, or with its own, as `Date` has.
    return /^[[{]/.test(text) ? spaced(text) : (text ?? String(value));
  } catch {
    return '[object Object]';
  }
}

/** JSON with blanks, as k6 writes it: `{ a: [ 1, { b: 2 } ] }`. */
function spaced(text: string): string {
  let out = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '"') {
      let end = index + 1;
      while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      const string = text.slice(index, end + 1);
      const isKey = text[end + 1] === ':';
      out += isKey && /^"[\p{L}_$][\p{L}\d_$]*"$/u.test(string) ? string.slice(1, -1) : string;
      index = end;
    } else if (
      (character === '{' || character === '[') &&
      (text[index + 1] === '}' || text[index + 1] === ']')
    ) {
      out += character + text[index + 1]!;
      index += 1;
    } else if (character === '{' || character === '[') out += `${character} `;
    else if (character === '}' || character === ']') out += ` ${character}`;
    else out += character === ',' || character === ':' ? `${character} ` : character;
  }
  return out;
}
