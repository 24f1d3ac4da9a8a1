import { addRowMistake, type RowMistakes, throwRowMistakes } from './row-mistakes.js';
import { forEachLine, type TextEnd, type TextLines } from './text-lines.js';

/** One row of the table of times, in ms. */
export interface AbTimes {
  readonly min: number;
  readonly avg: number;
  readonly med: number;
  readonly max: number;
}

/** Values that a complete report has. */
const REQUIRED = [
  'Document Path',
  'Concurrency Level',
  'Time taken for tests',
  'Complete requests',
  'Failed requests',
];
/** Lines with a name and a value. */
const VALUE = /^([A-Z][\w -]*?):\s+(.*?)\s*$/;
const CAUSES = /^ {3}\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)$/;
/** min, mean, deviation, median, max. */
const TIMES = /^(Connect|Processing|Waiting|Total):\s+(\d+)\s+(\d+)\s+(\d+\.\d+)\s+(\d+)\s+(\d+)\s*$/;
const PERCENTAGE = /^\s*(\d+)%\s+(\d+)( \(longest request\))?\s*$/;
const PERCENTAGES = [50, 66, 75, 80, 90, 95, 98, 99, 100];

/** ApacheBench's report, read line by line. */
export class AbReport {
  readonly times: { connect?: AbTimes; processing?: AbTimes; waiting?: AbTimes; total?: AbTimes } = {};
  readonly percentiles = new Map<number, number>();
  /** Failed by Connect, Receive, Length, Exceptions. */
  causes: readonly [number, number, number, number] = [0, 0, 0, 0];
  private readonly values = new Map<string, string>();
  private readonly mistakes: RowMistakes;
  private lastLine = 0;

  constructor(private readonly file: string) {
    this.mistakes = { file, found: [] };
  }

  /** @throws InputError where a line is not ab's, or the report ends too early. */
  async read(text: TextLines): Promise<TextEnd> {
    const end = await forEachLine(text, (line, number) => this.take(line.replace(/^\ufeff/, ''), number));
    this.lastLine = end.lines;
    this.checkComplete();
    throwRowMistakes(this.mistakes);
    return end;
  }

  text(name: string): string {
    return this.values.get(name) ?? '';
  }

  number(name: string, absent = 0): number {
    const text = this.values.get(name);
    return text === undefined ? absent : Number.parseFloat(text);
  }

  get errors(): readonly { readonly error: string; readonly count: number }[] {
    const names = ['Connect', 'Receive', 'Length', 'Exceptions'];
    const found = names.map((error, index) => ({ error, count: this.causes[index] as number }));
    const non2xx = { error: 'Non-2xx responses', count: this.number('Non-2xx responses') };
    return [...found, non2xx].filter(({ count }) => count > 0);
  }

  private take(line: string, number: number): void {
    const times = TIMES.exec(line);
    if (times !== null) {
      const [min, avg, , med, max] = times.slice(2).map(Number) as [number, number, number, number, number];
      this.times[times[1]!.toLowerCase() as keyof AbReport['times']] = { avg, min, med, max };
      return;
    }
    const causes = CAUSES.exec(line);
    if (causes !== null) {
      this.causes = causes.slice(1).map(Number) as [number, number, number, number];
      return;
    }
    const percentage = PERCENTAGE.exec(line);
    if (percentage !== null) {
      this.percentiles.set(Number(percentage[1]), Number(percentage[2]));
      return;
    }
    const refuse = (got: string, expected: string) =>
      addRowMistake(this.mistakes, { line: number, text: line }, { path: '', got, expected });
    if (/^(Connect|Processing|Waiting|Total):/.test(line) || /^\s*\d+%/.test(line) || /^\s+\(/.test(line)) {
      refuse(JSON.stringify(line.trim()), "a complete row of ab's");
      return;
    }
    const value = VALUE.exec(line);
    if (value === null) return;
    const [, name, text] = value as unknown as [string, string, string];
    if (NUMBERS.has(name) && !/^\d+(\.\d+)?( |$)/.test(text)) refuse(JSON.stringify(text), 'a number');
    // "Time per request" comes twice, of which neither is needed.
    else this.values.set(name, text);
  }

  private checkComplete(): void {
    const missing = this.missingPart();
    if (missing === undefined) return;
    const place = { file: this.file, line: this.lastLine, column: 1 };
    const got = 'a report that ends before it';
    this.mistakes.found.push({ ...place, path: '', got, expected: missing, hint: CUT_OFF });
  }

  private missingPart(): string | undefined {
    const line = REQUIRED.find((name) => !this.values.has(name));
    if (line !== undefined) return `the line "${line}"`;
    if (this.number('Failed requests') > 0 && this.causes.every((cause) => cause === 0)) {
      return 'the causes of the failures';
    }
    const count = this.number('Complete requests');
    if (count > 0 && this.times.total === undefined) return 'the table "Connection Times (ms)"';
    const percentage = count > 1 ? PERCENTAGES.find((percent) => !this.percentiles.has(percent)) : undefined;
    return percentage === undefined ? undefined : `the row of ${percentage} %`;
  }
}

const CUT_OFF =
  'was ab stopped, or did it print an error? its report is what it prints after the last request';

const NUMBERS: ReadonlySet<string> = new Set([
  'Concurrency Level',
  'Time taken for tests',
  'Complete requests',
  'Failed requests',
  'Non-2xx responses',
]);
