import { fixedDuration, fixedInteger } from './fixed-width.js';
import { inCodes } from './paint.js';

/** How far a scenario is; the sign stands before its bar. */
export type BarStatus = 'running' | 'waiting' | 'stopping' | 'interrupted' | 'done';

const SIGNS: Readonly<Record<BarStatus, string>> = {
  running: ' ',
  waiting: '•',
  stopping: '↓',
  interrupted: '✗',
  done: '✓',
};

/** One line below `running (...)`. */
export interface Bar {
  /** Name of the scenario, or `Run` while setup() runs. */
  readonly name: string;
  readonly status: BarStatus;
  /** 0 to 1. */
  readonly progress: number;
  /** `3 VUs`, `1.0s/4s`, ... */
  readonly columns: readonly string[];
}

/** Where the test stands. */
export interface RunStatus {
  readonly elapsedNs: number;
  /** The test's max duration: how wide the time is written. */
  readonly longestNs: number;
  readonly activeVus: number;
  readonly initializedVus: number;
  readonly vusMax: number;
  readonly complete: number;
  readonly interrupted: number;
}

/** `running (01.0s), 3/3 VUs, 3 complete and 0 interrupted iterations` (internal/execution/scheduler.go, getRunStats). */
export function statusLine(status: RunStatus): string {
  const { elapsedNs, longestNs, activeVus, initializedVus, vusMax, complete, interrupted } = status;
  const vus = `${fixedInteger(activeVus, vusMax)}/${fixedInteger(initializedVus, vusMax)} VUs`;
  return `running (${fixedDuration(elapsedNs, longestNs)}), ${vus}, ${complete} complete and ${interrupted} interrupted iterations`;
}

const NAME_LENGTH_MAX = 30;
/** The first bar is called `Init` before it is the status line: no name takes less room. */
const NAME_LENGTH_MIN = 4;
const BAR_WIDTH_MAX = 40;
/** At this width and below, a bar is a percentage. */
const BAR_WIDTH_MIN = 8;
/** k6's width where it cannot find out the terminal's. */
export const TERMINAL_WIDTH_DEFAULT = 80;
const TERMINAL_MARGIN = 1;

/** Codes of signs in colour, and what ends them. */
const SIGN_CODES: Readonly<Partial<Record<BarStatus, number>>> = { interrupted: 31, done: 32 };
const FAINT = '\u001b[2m';
const NOT_FAINT = '\u001b[22m';
const ERASE_LINE = '\u001b[K';

/** A block of progress for a file or a pipe: one every second, and one at the end. */
export function progressBlock(head: string | Bar, bars: readonly Bar[]): string {
  const { lines } = layOut(head, bars, { width: BAR_WIDTH_MIN, colors: false });
  return ['', ...lines, ''].join('\n');
}

/** The progress on a terminal: drawn over and over at the same place, with bars as wide as there is room. */
export class ProgressScreen {
  private width = BAR_WIDTH_MAX;

  constructor(
    private readonly terminalWidth: number = TERMINAL_WIDTH_DEFAULT,
    private readonly colors: boolean = true,
  ) {}

  /** The block, and the way back to its beginning. */
  draw(head: string | Bar, bars: readonly Bar[]): string {
    const { text, height } = this.block(head, bars);
    return `${text}\r\u001b[J\u001b[${height}A`;
  }

  /** The block that stays. */
  last(head: string | Bar, bars: readonly Bar[]): string {
    return this.block(head, bars).text;
  }

  private block(head: string | Bar, bars: readonly Bar[]): { text: string; height: number } {
    const { lines, lengths, longestBar } = layOut(head, bars, { width: this.width, colors: this.colors });
    const room = this.terminalWidth - longestBar - TERMINAL_MARGIN;
    this.width = Math.min(Math.max(this.width + room, BAR_WIDTH_MIN), BAR_WIDTH_MAX);
    const wrapped = lengths.reduce(
      (sum, length) => sum + Math.floor((length - TERMINAL_MARGIN) / this.terminalWidth),
      0,
    );
    const text = ['', ...lines, ''].join(`${ERASE_LINE}\n`);
    return { text, height: lines.length + wrapped + 1 };
  }
}

interface BarLayout {
  readonly width: number;
  readonly colors: boolean;
}

function layOut(head: string | Bar, bars: readonly Bar[], layout: BarLayout) {
  const all = typeof head === 'string' ? bars : [head, ...bars];
  const names = Math.max(NAME_LENGTH_MIN, ...all.map(({ name }) => name.length));
  const nameWidth = Math.min(names, NAME_LENGTH_MAX);
  const columnWidths = widthsOf(all);
  const drawn = all.map((bar) => barLine(bar, nameWidth, columnWidths, layout));
  const first = typeof head === 'string' ? [{ line: head, length: head.length }] : [];
  const everything = [...first, ...drawn];
  return {
    lines: everything.map(({ line }) => line),
    lengths: everything.map(({ length }) => length),
    longestBar: Math.max(0, ...drawn.map(({ length }) => length)),
  };
}

/** The last column of a line is never waited for. */
function widthsOf(bars: readonly Bar[]): number[] {
  const widths = [0, 0];
  for (const { columns } of bars) {
    columns.slice(0, -1).forEach((text, index) => {
      widths[index] = Math.max(widths[index] ?? 0, text.length);
    });
  }
  return widths;
}

function barLine(bar: Bar, nameWidth: number, columnWidths: readonly number[], layout: BarLayout) {
  const name = bar.name.length > nameWidth ? `${bar.name.slice(0, nameWidth - 3)}...` : bar.name;
  const left = name.padEnd(nameWidth);
  const right = bar.columns.map((text, index) => ` ${text.padEnd((columnWidths[index] ?? -1) + 1)}`).join('');
  const sign = SIGNS[bar.status];
  const { filled, rest } = body(bar.progress, layout.width);
  const plain = `${left} ${sign} [${filled}${rest}]${right}`;
  const length = [...plain].length;
  if (!layout.colors) return { line: plain, length };
  const faintRest = layout.width > BAR_WIDTH_MIN ? `${FAINT}${rest}${NOT_FAINT}` : rest;
  return { line: `${left} ${colouredSign(bar.status)} [${filled}${faintRest}]${right}`, length };
}

function colouredSign(status: BarStatus): string {
  const code = SIGN_CODES[status];
  if (status === 'waiting') return `${FAINT}${SIGNS.waiting}${NOT_FAINT}`;
  return code === undefined ? SIGNS[status] : inCodes(SIGNS[status], code);
}

function body(progress: number, width: number): { filled: string; rest: string } {
  if (width <= BAR_WIDTH_MIN) return { filled: ` ${percent(progress)}% `, rest: '' };
  const space = width - '[]'.length;
  const filled = Math.trunc(space * progress);
  if (filled >= space) return { filled: '='.repeat(filled), rest: '' };
  return { filled: filled === 0 ? '' : `${'='.repeat(filled - 1)}>`, rest: '-'.repeat(space - filled) };
}

/** Go's `%3.f`: of two whole numbers that are equally near the even one. */
function percent(progress: number): string {
  const value = progress * 100;
  const below = Math.floor(value);
  const isTie = value - below === 0.5;
  return String(isTie ? below + (below % 2) : Math.round(value)).padStart(3);
}
