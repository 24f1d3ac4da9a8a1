import type { RunResult } from '../metrics/result.js';
import { verdicts } from './verdict.js';

/** Lines longer than this are no longer read at a glance, however wide the terminal is. */
export const VERDICT_WIDTH_MAX = 110;

/** How the verdict's lines are written. */
export interface VerdictStyle {
  /** Columns, at most {@link VERDICT_WIDTH_MAX} of which are used. */
  readonly width: number;
  /** Marks a variant's label. */
  readonly bold: (text: string) => string;
}

/** The verdict as `sim run` prints it: a variant's label, and its sentences indented below, each on lines of its own. Ends without a newline. */
export function verdictText(result: RunResult, { width, bold }: VerdictStyle): string {
  const columns = Math.min(width, VERDICT_WIDTH_MAX) - INDENT.length;
  return verdicts(result)
    .map(({ label, sentences }) => {
      const lines = sentences.flatMap((sentence) => wrapped(sentence, columns));
      return [bold(label), ...lines.map((line) => `${INDENT}${line}`)].join('\n');
    })
    .join('\n');
}

const INDENT = '  ';

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
