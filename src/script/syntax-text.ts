import type { ScriptError } from './compile/script-error.js';

/** k6's form of a mistake that compiling found: `file:///x.js: Line 4:1 Unexpected token }`. */
export function syntaxText(error: ScriptError, source: string | undefined): string {
  const text = error.message.replace(/^SyntaxError: /, '');
  const { place } = error;
  if (place === undefined || source === undefined) return text;
  if (/ has already been declared$/.test(text)) {
    const problem = text.replace(/^\S+ Line \d+:\d+ /, '');
    return `SyntaxError: ${problem} at ${place.file}:${place.line}:${place.column}`;
  }
  if (/Unterminated template$/.test(text)) {
    const lines = source.split('\n');
    const end = `${lines.length}:${lines.at(-1)!.length + 1}`;
    return text.replace(/Line \d+:\d+ .*$/, `Line ${end} Unexpected end of input`);
  }
  return text
    .replace(/Unexpected token$/, () => unexpected(source, place.line, place.column))
    .replace(/Unterminated (?:string constant|regular expression)$/, 'Unexpected token ILLEGAL')
    .replace(
      /Line \d+:\d+ Cannot use keyword 'await' outside an async function$/,
      (same) => afterAwait(source, place.line, place.column) ?? same,
    );
}

/** Outside of async functions `await` is a name like any other, and what follows is what sobek did not expect. */
function afterAwait(source: string, line: number, column: number): string | undefined {
  const text = source.split('\n')[line - 1] ?? '';
  const next = /^await[ \t]+(?=[\p{L}_$\d"'])/u.exec(text.slice(column - 1));
  if (next === null) return undefined;
  const at = column + next[0].length;
  return `Line ${line}:${at} ${unexpected(source, line, at)}`;
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
