/**
 * Of the module papaparse of jslib.k6.io (Papa Parse 5.1) what scripts use: `parse` of a text, and `unparse`. This text runs in a
 * script's realm, as one of the script's modules.
 *
 * Limits: no streams, workers and downloads; of the options those of {@link ParseConfig}.
 */

interface ParseConfig {
  readonly delimiter?: string;
  readonly newline?: string;
  readonly quoteChar?: string;
  readonly escapeChar?: string;
  readonly header?: boolean;
  readonly transformHeader?: (header: string, index: number) => string;
  readonly dynamicTyping?: boolean | Readonly<Record<string, boolean>>;
  readonly preview?: number;
  readonly comments?: boolean | string;
  readonly skipEmptyLines?: boolean | 'greedy';
  readonly transform?: (value: string, column: string | number) => unknown;
  readonly complete?: (result: ParseResult) => void;
}

interface ParseResult {
  readonly data: unknown[];
  readonly errors: object[];
  readonly meta: Readonly<Record<string, unknown>>;
}

const DELIMITERS = [',', '\t', '|', ';', '\u001e', '\u001f'];

/** The delimiter that makes most columns, the same number in every line, of the first ten. */
function guessDelimiter(text: string): string {
  const lines = text.split(/\r\n|\n|\r/, 10).filter((line) => line !== '');
  let best = ',';
  let most = 1;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length);
    const [first = 1] = counts;
    if (first > most && counts.every((count) => count === first)) {
      best = delimiter;
      most = first;
    }
  }
  return best;
}

function guessNewline(text: string): string {
  const found = /\r\n|\n|\r/.exec(text);
  return found === null ? '\n' : found[0];
}

/** Splits a text into rows of fields. */
class RowReader {
  readonly errors: object[] = [];
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly delimiter: string,
    private readonly newline: string,
    private readonly quote: string,
    private readonly escapeBy: string,
  ) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Leaves a line out. */
  skipLine(): void {
    const end = this.text.indexOf(this.newline, this.at);
    this.at = end < 0 ? this.text.length : end + this.newline.length;
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.at);
  }

  row(index: number): string[] {
    const fields: string[] = [];
    for (;;) {
      const isQuoted = this.text.startsWith(this.quote, this.at) && this.quote !== '';
      fields.push(isQuoted ? this.quoted(index) : this.plain());
      if (this.text.startsWith(this.delimiter, this.at)) this.at += this.delimiter.length;
      else break;
    }
    if (this.text.startsWith(this.newline, this.at)) this.at += this.newline.length;
    return fields;
  }

  private plain(): string {
    const next = this.text.indexOf(this.delimiter, this.at);
    const line = this.text.indexOf(this.newline, this.at);
    const ends = [next, line].filter((end) => end >= 0);
    const end = ends.length === 0 ? this.text.length : Math.min(...ends);
    const value = this.text.slice(this.at, end);
    this.at = end;
    return value;
  }

  private quoted(row: number): string {
    const { text, quote, escapeBy } = this;
    let value = '';
    this.at += quote.length;
    for (;;) {
      const end = text.indexOf(quote, this.at);
      if (end < 0) {
        value += text.slice(this.at);
        this.at = text.length;
        this.errors.push({
          type: 'Quotes',
          code: 'MissingQuotes',
          message: 'Quoted field unterminated',
          row,
        });
        return value;
      }
      value += text.slice(this.at, end);
      this.at = end + quote.length;
      if (escapeBy === quote && text.startsWith(quote, this.at)) {
        value += quote;
        this.at += quote.length;
      } else if (escapeBy !== quote && value.endsWith(escapeBy)) {
        value = value.slice(0, -escapeBy.length) + quote;
      } else return value + this.plain();
    }
  }
}

const NUMBER = /^\s*-?(?:\d+\.?|\.\d+|\d+\.\d+)(?:[eE][-+]?\d+)?\s*$/;

function typed(value: string): unknown {
  if (value === 'true' || value === 'TRUE') return true;
  if (value === 'false' || value === 'FALSE') return false;
  if (NUMBER.test(value)) return Number(value);
  return value === '' ? null : value;
}

function isEmpty(row: readonly string[], how: ParseConfig['skipEmptyLines']): boolean {
  if (how === 'greedy') return row.join('').trim() === '';
  return how === true && row.length === 1 && row[0] === '';
}

function cell(value: string, column: string | number, config: ParseConfig): unknown {
  const changed = config.transform === undefined ? value : config.transform(value, column);
  const { dynamicTyping } = config;
  const isTyped = typeof dynamicTyping === 'object' ? dynamicTyping[column] === true : dynamicTyping === true;
  return isTyped && typeof changed === 'string' ? typed(changed) : changed;
}

/** A row under the names of the header; what is beyond them in `__parsed_extra`. */
function record(row: readonly string[], fields: readonly string[], config: ParseConfig): object {
  const result: Record<string, unknown> = {};
  row.forEach((value, index) => {
    const name = fields[index];
    if (name !== undefined) result[name] = cell(value, name, config);
    else {
      result.__parsed_extra ??= [];
      (result.__parsed_extra as unknown[]).push(value);
    }
  });
  return result;
}

function parse(given: unknown, config: ParseConfig = {}): ParseResult {
  const text = String(given).replace(/^\ufeff/, '');
  const delimiter =
    config.delimiter === undefined || config.delimiter === '' ? guessDelimiter(text) : config.delimiter;
  const linebreak = config.newline ?? guessNewline(text);
  const quote = config.quoteChar ?? '"';
  const reader = new RowReader(text, delimiter, linebreak, quote, config.escapeChar ?? quote);
  const comment = config.comments === true ? '#' : config.comments;
  const data: unknown[] = [];
  let fields: string[] | undefined;
  let index = 0;
  while (!reader.done) {
    if (typeof comment === 'string' && comment !== '' && reader.startsWith(comment)) {
      reader.skipLine();
      continue;
    }
    const row = reader.row(index);
    if (isEmpty(row, config.skipEmptyLines)) continue;
    if (config.header === true && fields === undefined) {
      const rename = config.transformHeader ?? ((name: string) => name);
      fields = row.map((name, column) => rename(name, column));
      continue;
    }
    data.push(
      fields === undefined
        ? row.map((value, column) => cell(value, column, config))
        : record(row, fields, config),
    );
    index += 1;
    if (config.preview !== undefined && config.preview > 0 && index >= config.preview) break;
  }
  // A line break at the end begins a row of its own, which is empty.
  if (text.endsWith(linebreak) && !config.skipEmptyLines && !(config.preview! > 0)) {
    data.push(fields === undefined ? [''] : record([''], fields, config));
  }
  const meta = {
    delimiter,
    linebreak,
    aborted: false,
    truncated: false,
    ...(fields === undefined ? {} : { fields }),
  };
  const result = { data, errors: reader.errors, meta };
  config.complete?.(result);
  return result;
}

function unparse(given: unknown, config: Readonly<Record<string, unknown>> = {}): string {
  const delimiter = String(config.delimiter ?? ',');
  const newline = String(config.newline ?? '\r\n');
  const quote = String(config.quoteChar ?? '"');
  const { fields, data } = (Array.isArray(given) ? { data: given } : given) as {
    fields?: string[];
    data: unknown[];
  };
  const names =
    fields ??
    (typeof data[0] === 'object' && !Array.isArray(data[0]) ? Object.keys(data[0] ?? {}) : undefined);
  const field = (value: unknown): string => {
    if (value === undefined || value === null) return '';
    const text = String(value);
    const isQuoted =
      config.quotes === true || /[\r\n]|^ | $/.test(text) || text.includes(delimiter) || text.includes(quote);
    return isQuoted ? quote + text.split(quote).join(quote + quote) + quote : text;
  };
  const rows = data.map((row) =>
    Array.isArray(row) ? row : (names ?? []).map((name) => (row as Record<string, unknown>)[name]),
  );
  const all = names === undefined || config.header === false ? rows : [names, ...rows];
  return all.map((row) => row.map(field).join(delimiter)).join(newline);
}

/** Papa Parse. */
const papaparse = { parse, unparse, BYTE_ORDER_MARK: '\ufeff', RECORD_SEP: '\u001e', UNIT_SEP: '\u001f' };

export { papaparse as default, parse, unparse };
