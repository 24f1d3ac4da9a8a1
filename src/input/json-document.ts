import { InputError } from './error.js';

/**
 * The value of a text that is one JSON document.
 *
 * @param expected what the file should be, for the message.
 * @throws InputError with the place where it stops being JSON; for a text that ends too early that is its end.
 */
export function parseJsonDocument(file: string, text: string, expected: string): unknown {
  const json = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(json);
  } catch (error) {
    // V8 names the place where there is one; without it, the text ends too early.
    const offset = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? json.length);
    const before = json.slice(0, offset).split('\n');
    const [line, column] = [before.length, (before.at(-1) as string).length + 1];
    const lineText = json.split('\n')[line - 1] ?? '';
    const isEnd = json.slice(offset).trim() === '';
    const got = isEnd
      ? 'JSON that breaks off here'
      : `${JSON.stringify(json.slice(offset, offset + 20))}, where JSON cannot go on`;
    throw new InputError([
      { file, line, column, lineText, path: '', got, expected, ...(isEnd && { hint: BROKEN_OFF }) },
    ]);
  }
}

const BROKEN_OFF = 'was the run or the copy stopped?';

/** True for a JSON object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
