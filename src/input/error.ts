import { didYouMean } from '../options/fields.js';

/** Where something stands in a file; line and column count from 1, columns in characters. */
export interface Position {
  readonly file: string;
  /** Absent where the mistake is about the file as a whole (missing, binary). */
  readonly line?: number;
  readonly column?: number;
  /** The line itself, without its line break. */
  readonly lineText?: string;
}

/** One thing that is wrong in the user's text. */
export interface Mistake extends Position {
  /** `services.api.replicas`; empty for the file as a whole. */
  readonly path: string;
  /** What was found: a value as it is written, or a short noun (`a mapping`, `nothing`). */
  readonly got: string;
  /** What would be right. */
  readonly expected: string;
  readonly hint?: string;
}

/**
 * The user's text is wrong: all mistakes at once, in the order of files and positions, each only once. Its message is
 * what a terminal shows; it never needs a stack trace.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    const sorted = sortMistakes(mistakes);
    super(formatMistakes(sorted));
    this.mistakes = sorted;
  }
}

/** How the parts of a mistake are coloured; the default leaves them as they are. */
export interface Paint {
  readonly place: (text: string) => string;
  readonly caret: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly hint: (text: string) => string;
}

const PLAIN: Paint = {
  place: (text) => text,
  caret: (text) => text,
  faint: (text) => text,
  hint: (text) => text,
};

/**
 * The mistakes as a compiler prints them:
 *
 * ```
 * shop.yaml:7:15: services.api.replicas
 *   7 |     replicas: two
 *     |               ^
 *   got "two", expected a whole number
 * ```
 */
export function formatMistakes(mistakes: readonly Mistake[], paint: Paint = PLAIN): string {
  const blocks = mistakes.map((mistake) => formatMistake(mistake, paint));
  const total = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  return `${blocks.join('\n\n')}\n\n${total}`;
}

/** The names of `names` that `got` may have meant, as a hint: the nearest one, else the list where it is short. */
export function nameHint(got: string, names: readonly string[]): string | undefined {
  const near = didYouMean(got, names);
  if (near !== undefined) return near;
  if (names.length === 0 || names.length > 12) return undefined;
  return `there is ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}

function formatMistake(mistake: Mistake, paint: Paint): string {
  const place = [mistake.file, mistake.line, mistake.column].filter((part) => part !== undefined).join(':');
  const head = mistake.path === '' ? paint.place(place) : `${paint.place(`${place}:`)} ${mistake.path}`;
  const lines = [head, ...excerpt(mistake, paint), `  got ${mistake.got}, expected ${mistake.expected}`];
  if (mistake.hint !== undefined) lines.push(`  ${paint.hint('hint:')} ${mistake.hint}`);
  return lines.join('\n');
}

/** Longest part of a line that is shown; more would wrap and move the caret away from its place. */
const EXCERPT_LENGTH_MAX = 100;

function excerpt(mistake: Mistake, paint: Paint): string[] {
  if (mistake.line === undefined || mistake.lineText === undefined) return [];
  const column = mistake.column ?? 1;
  const start = column > EXCERPT_LENGTH_MAX - 20 ? column - 40 : 0;
  const shown = mistake.lineText.slice(start, start + EXCERPT_LENGTH_MAX);
  const before = start > 0 ? '…' : '';
  const after = start + EXCERPT_LENGTH_MAX < mistake.lineText.length ? '…' : '';
  // Tabs are kept in front of the caret, so that it stands below its character whatever a tab is wide.
  const indent = before.replace(/./u, ' ') + shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ');
  const number = String(mistake.line);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${paint.faint(`${number} |`)} ${before}${printable(shown)}${after}`,
    `  ${paint.faint(`${gutter} |`)} ${indent}${paint.caret('^')}`,
  ];
}

/** Control characters (escape sequences among them) must not reach the terminal; each becomes one visible character. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

function sortMistakes(mistakes: readonly Mistake[]): Mistake[] {
  const files = [...new Set(mistakes.map((mistake) => mistake.file))];
  const seen = new Set<string>();
  return mistakes
    .map((mistake, index) => ({ mistake, index }))
    .sort(
      (a, b) =>
        files.indexOf(a.mistake.file) - files.indexOf(b.mistake.file) ||
        (a.mistake.line ?? 0) - (b.mistake.line ?? 0) ||
        (a.mistake.column ?? 0) - (b.mistake.column ?? 0) ||
        a.index - b.index,
    )
    .map(({ mistake }) => mistake)
    .filter((mistake) => {
      const key = JSON.stringify([
        mistake.file,
        mistake.line,
        mistake.column,
        mistake.path,
        mistake.expected,
      ]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
