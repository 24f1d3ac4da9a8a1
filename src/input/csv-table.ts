import { csvFields, hasOpenQuote } from './csv-row.js';
import { InputError, nameHint } from './error.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from './row-mistakes.js';
import { forEachLine, type TextEnd, type TextLines } from './text-lines.js';

/** One row of a table with named columns. */
export class TableRow {
  constructor(
    private readonly names: readonly string[],
    private readonly fields: readonly string[],
    private readonly refuse: (column: string, got: string, expected: string) => void,
  ) {}

  /** The cell; '' where the table has no such column. */
  text(column: string): string {
    return this.fields[this.names.indexOf(column)] ?? '';
  }

  /** The number in a cell, `undefined` where it says `N/A` or the table has no such column; NaN, with a mistake noted, where it is none. */
  number(column: string): number | undefined {
    if (!this.names.includes(column)) return undefined;
    const text = this.text(column);
    if (text === 'N/A') return undefined;
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value))
      this.refuse(column, text === '' ? 'nothing' : JSON.stringify(text), 'a number');
    return value;
  }
}

/**
 * Reads a CSV with a header.
 *
 * @param required columns that it must have.
 * @param take is handed every row.
 * @throws InputError for a header that lacks one, rows of another length, and cells that `take` refuses: at most 20.
 */
export async function readTable(
  text: TextLines,
  required: readonly string[],
  take: (row: TableRow) => void,
): Promise<TextEnd & { readonly columns: readonly string[] }> {
  const mistakes: RowMistakes = { file: text.file, found: [] };
  let columns: readonly string[] | undefined;
  let open = '';
  const end = await forEachLine(text, (line, number) => {
    const row = open === '' ? line : `${open}\n${line}`;
    open = hasOpenQuote(row) ? row : '';
    if (open !== '' || row.trim() === '') return;
    const fields = csvFields(row);
    const refuse = (path: string, got: string, expected: string, hint?: string) =>
      addRowMistake(mistakes, { line: number, text: row }, { path, got, expected, ...(hint && { hint }) });
    if (columns === undefined) columns = headerOf(text.file, fields, required);
    else if (fields.length !== columns.length) {
      const hint = 'a file breaks off like this where its writer was stopped: delete its last line';
      refuse('', `${fields.length} columns`, `${columns.length} columns, as the header has`, hint);
    } else take(new TableRow(columns, fields, refuse));
  });
  if (open !== '') {
    const row = { line: end.lines, text: open.split('\n', 1)[0] as string };
    addRowMistake(mistakes, row, {
      path: '',
      got: 'a quoted field without an end',
      expected: 'a complete row',
    });
  }
  throwRowMistakes(mistakes);
  return { ...end, columns: columns ?? [] };
}

function headerOf(file: string, fields: readonly string[], required: readonly string[]): readonly string[] {
  const names = fields.map((name, index) => (index === 0 ? name.replace(/^\ufeff/, '') : name));
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length === 0) return names;
  const mistakes = missing.map((name) => {
    const hint = nameHint(name, names);
    const place = { file, line: 1, column: 1, lineText: fields.join(','), path: '' };
    return { ...place, got: 'a header without it', expected: `the column "${name}"`, ...(hint && { hint }) };
  });
  throw new InputError(mistakes);
}
