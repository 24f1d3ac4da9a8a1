import type { RunResult } from '../metrics/result.js';
import { type ConsoleStyle, consoleTable, variantTable } from './table.js';
import { verdicts } from './verdict.js';

/** Columns of a verdict's text: about what is read at a glance. */
const WIDTH = 100;

/**
 * What `sim run` prints when it is done: the table of variants and the verdict, sentence by sentence. Ends with a newline.
 */
export function consoleReport(result: RunResult, style: ConsoleStyle): string {
  const paragraphs = verdicts(result).map(({ label, sentences }) => {
    const lines = sentences.flatMap((sentence) => wrapped(sentence, WIDTH - 2).map((line) => `  ${line}`));
    return [label, ...lines].join('\n');
  });
  return `${[consoleTable(variantTable(result), style), ...paragraphs].join('\n\n')}\n`;
}

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
