/** The colours that k6's summary uses. */
export type Colour = 'red' | 'green' | 'cyan' | 'white';

const CODES: Readonly<Record<Colour | 'bold' | 'faint', number>> = {
  bold: 1,
  faint: 2,
  red: 31,
  green: 32,
  cyan: 36,
  white: 37,
};

/** How a text is decorated. */
export interface Paint {
  /** A value that may be missing: k6 writes nothing then, but the word `undefined` in colours. */
  colour(text: string | undefined, colour: Colour): string;
  faint(text: string, colour: Colour): string;
  bold(text: string): string;
}

/** No decoration: what is written to a file or a pipe. */
export const PLAIN: Paint = { colour: (text) => text ?? '', faint: (text) => text, bold: (text) => text };

/** For a terminal. */
export const ANSI: Paint = {
  colour: (text, colour) => inCodes(String(text), CODES[colour]),
  faint: (text, colour) => inCodes(text, CODES.faint, CODES[colour]),
  bold: (text) => inCodes(text, CODES.bold),
};

/** Wraps a text in an escape sequence and its end. */
export function inCodes(text: string, ...codes: readonly number[]): string {
  return `\u001b[${codes.join(';')}m${text}\u001b[0m`;
}

/** Columns that a text takes: code points of its compatibility form, escape sequences left out. */
export function textWidth(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape sequence begins with
  return [...text.normalize('NFKC').replace(/\u001b\[[^@-~]*[@-~]/g, '')].length;
}

/** Blanks up to a width. */
export function padding(text: string, width: number): string {
  return ' '.repeat(width - textWidth(text));
}
