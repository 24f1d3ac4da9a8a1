import type { ScriptError } from './compile/script-error.js';

/** k6's form of a mistake that compiling found: `file:///x.js: Line 4:1 Unexpected token }`. */
export function syntaxText(error: ScriptError, source: string | undefined): string {
  const text = error.message.replace(/^SyntaxError: /, '');
  const { place } = error;
  if (place === undefined || source === undefined) return text;
  return text.replace(/Unexpected token$/, () => unexpected(source, place.line, place.column));
}

/** sobek tells which token it did not expect. */
function unexpected(source: string, line: number, column: number): string {
  const rest = (source.split('\n')[line - 1] ?? '').slice(column - 1);
  if (rest === '') return 'Unexpected end of input';
  if (/^["'`]/.test(rest)) return 'Unexpected string';
  if (/^\d/.test(rest)) return 'Unexpected number';
  if (/^[\p{L}_$]/u.test(rest)) return 'Unexpected identifier';
  return `Unexpected token ${/^(?:=>|[-+*&|=!<>?]{1,3}|.)/.exec(rest)![0]}`;
}
