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
  readonly step?: (result: ParseResult) => void;
  readonly complete?: (result: ParseResult) => void;
}

interface ParseResult {
  readonly data: unknown[];
  readonly errors: object[];
  readonly meta: Readonly<Record<string, unknown>>;
}

const DELIMITERS = [',', '\t', '|', ';', '\u001e', '\u001f'];
/** Rows that a delimiter is guessed by, and the fewest columns on average that speak for one. */
const GUESSED_ROWS = 10;
const COLUMNS_MIN = 1.99;

/** The delimiter whose rows differ least in length, and then are longest; undefined where none makes columns. */
function guessDelimiter(text: string, config: ParseConfig, newline: string): string | undefined {
  let best: string | undefined;
  let leastDelta = Number.POSITIVE_INFINITY;
  let mostColumns = 0;
  for (const delimiter of DELIMITERS) {
    const reader = new RowReader(text, { ...config, delimiter, newline, preview: GUESSED_ROWS });
    const rows = reader.read().filter((row) => !isEmpty(row, config.skipEmptyLines));
    let delta = 0;
    rows.forEach((row, index) => {
      if (index > 0) delta += Math.abs(row.length - rows[index - 1]!.length);
    });
    const columns = rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row.length, 0) / rows.length;
    if (delta <= leastDelta && columns > mostColumns && columns > COLUMNS_MIN) {
      best = delimiter;
      leastDelta = delta;
      mostColumns = columns;
    }
  }
  return best;
}

/** The line break of most lines, quoted fields left out. */
function guessNewline(text: string, quote: string): string {
  const plain =
    quote === ''
      ? text
      : text
          .split(quote)
          .filter((_, index) => index % 2 === 0)
          .join('');
  const byReturn = plain.split('\r');
  const byLine = plain.split('\n');
  if (byReturn.length === 1 || (byLine.length > 1 && byLine[0]!.length < byReturn[0]!.length)) return '\n';
  const both = byReturn.filter((part) => part.startsWith('\n')).length;
  return both >= byReturn.length / 2 ? '\r\n' : '\r';
}

interface ReaderConfig extends ParseConfig {
  readonly delimiter: string;
  readonly newline: string;
}

/** Splits a text into rows of fields. */
class RowReader {
  readonly errors: object[] = [];
  truncated = false;
  /** How far it has read. */
  cursor = 0;
  private readonly quote: string;
  private readonly escapeBy: string;
  private readonly comment: string;

  constructor(
    private readonly text: string,
    private readonly config: ReaderConfig,
  ) {
    this.quote = config.quoteChar ?? '"';
    this.escapeBy = config.escapeChar ?? this.quote;
    this.comment = config.comments === true ? '#' : config.comments || '';
  }

  /** All rows; after a line break at the end comes one more, which is empty. */
  read(): string[][] {
    const { text, config } = this;
    const rows: string[][] = [];
    if (text === '') return rows;
    for (let more = true; more; ) {
      if (this.comment !== '' && text.startsWith(this.comment, this.cursor)) more = this.skipLine();
      else {
        const row: string[] = [];
        more = this.row(row, rows.length);
        rows.push(row);
      }
      if (config.preview !== undefined && config.preview > 0 && rows.length >= config.preview && more) {
        this.truncated = true;
        return rows;
      }
    }
    return rows;
  }

  /** False at the end of the text. */
  private skipLine(): boolean {
    const end = this.text.indexOf(this.config.newline, this.cursor);
    this.cursor = end < 0 ? this.text.length : end + this.config.newline.length;
    return end >= 0;
  }

  private row(fields: string[], index: number): boolean {
    const { delimiter, newline } = this.config;
    for (;;) {
      const isQuoted = this.quote !== '' && this.text.startsWith(this.quote, this.cursor);
      fields.push(isQuoted ? this.quoted(index) : this.plain());
      if (this.text.startsWith(delimiter, this.cursor)) this.cursor += delimiter.length;
      else break;
    }
    if (!this.text.startsWith(newline, this.cursor)) return false;
    this.cursor += newline.length;
    return true;
  }

  private plain(): string {
    const next = this.text.indexOf(this.config.delimiter, this.cursor);
    const line = this.text.indexOf(this.config.newline, this.cursor);
    const ends = [next, line].filter((end) => end >= 0);
    const end = ends.length === 0 ? this.text.length : Math.min(...ends);
    const value = this.text.slice(this.cursor, end);
    this.cursor = end;
    return value;
  }

  /** Up to a quote that a delimiter, a line break or the end follows, blanks between them left out. */
  private quoted(row: number): string {
    const { text, quote, escapeBy } = this;
    this.cursor += quote.length;
    const start = this.cursor;
    const fail = (code: string, message: string) =>
      this.errors.push({ type: 'Quotes', code, message, row, index: start });
    for (let at = start; ; ) {
      const end = text.indexOf(quote, at);
      if (end < 0) {
        fail('MissingQuotes', 'Quoted field unterminated');
        this.cursor = text.length;
        return text.slice(start);
      }
      at = end + quote.length;
      if (escapeBy === quote && text.startsWith(quote, at)) at += quote.length;
      else if (escapeBy === quote || !text.slice(start, end).endsWith(escapeBy)) {
        const after = at + /^[^\S\r\n\t]*/.exec(text.slice(at))![0].length;
        const { delimiter, newline } = this.config;
        if (after === text.length || text.startsWith(delimiter, after) || text.startsWith(newline, after)) {
          this.cursor = after;
          return text
            .slice(start, end)
            .split(escapeBy + quote)
            .join(quote);
        }
        fail('InvalidQuotes', 'Trailing quote on quoted field is malformed');
      }
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

function mismatch(row: readonly string[], fields: readonly string[], index: number): object[] {
  if (row.length === fields.length) return [];
  const [code, word] = row.length > fields.length ? ['TooManyFields', 'many'] : ['TooFewFields', 'few'];
  const message = `Too ${word} fields: expected ${fields.length} fields but parsed ${row.length}`;
  return [{ type: 'FieldMismatch', code, message, row: index }];
}

function parse(given: unknown, config: ParseConfig = {}): ParseResult {
  const text = String(given).replace(/^\ufeff/, '');
  const linebreak = config.newline ?? guessNewline(text, config.quoteChar ?? '"');
  const isGuessed = config.delimiter === undefined || config.delimiter === '';
  const guessed = isGuessed ? guessDelimiter(text, config, linebreak) : config.delimiter;
  const delimiter = guessed ?? ',';
  const head = config.header === true ? 1 : 0;
  const preview = config.preview === undefined || config.preview <= 0 ? 0 : config.preview + head;
  const reader = new RowReader(text, { ...config, delimiter, newline: linebreak, preview });
  const rows = reader.read().filter((row) => !isEmpty(row, config.skipEmptyLines));
  const errors = [...reader.errors];
  if (guessed === undefined) {
    const message = "Unable to auto-detect delimiting character; defaulted to ','";
    errors.push({ type: 'Delimiter', code: 'UndetectableDelimiter', message });
  }
  const rename = config.transformHeader ?? ((name: string) => name);
  const fields = head === 0 ? undefined : rows.shift()?.map((name, column) => rename(name, column));
  const data = rows.map((row, index) => {
    if (fields === undefined) return row.map((value, column) => cell(value, column, config));
    errors.push(...mismatch(row, fields, index));
    return record(row, fields, config);
  });
  const { truncated, cursor } = reader;
  const meta = {
    delimiter,
    linebreak,
    aborted: false,
    truncated,
    cursor,
    ...(fields === undefined ? {} : { fields }),
  };
  const result = { data, errors, meta };
  if (config.step === undefined) {
    config.complete?.(result);
    return result;
  }
  for (const row of data) config.step({ ...result, data: row as unknown[] });
  config.complete?.({ ...result, data: [] });
  return { ...result, data: [] };
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
