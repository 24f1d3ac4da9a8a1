import picocolors from 'picocolors';
import type { Paint } from '../input/error.js';
import type { ConsoleStyle } from '../report/table.js';

/** Something text is written to: `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The program's surroundings, handed in so that tests can be in their place. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `handler` at every Ctrl-C until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
}

/** Columns where no terminal says how many it has. */
const PIPED_WIDTH = 110;

type Colours = ReturnType<typeof picocolors.createColors>;

/** stdout carries results, stderr everything that is said beside them. */
export interface Console {
  out(text: string): void;
  error(text: string): void;
  /** How tables are drawn on stdout. */
  readonly style: ConsoleStyle;
  readonly colours: Colours;
  /** Columns of stdout; 110 where it is no terminal. */
  readonly width: number;
  /** How mistakes are coloured on stderr. */
  readonly paint: Paint;
  /** Shows how far something is, on a line of its own that is written over. Nothing where stderr is no terminal. */
  progress(fraction: number, text: string): void;
  /** Takes the progress line away. */
  clearProgress(): void;
}

/** Colours only on a terminal, and not where NO_COLOR (no-color.org) or CI is set. */
export function createConsole({ stdout, stderr, env }: Surroundings): Console {
  const isPlain = isSet(env.NO_COLOR) || isSet(env.CI) || env.TERM === 'dumb';
  const isInteractive = stderr.isTTY === true && !isSet(env.CI) && env.TERM !== 'dumb';
  const errorColours = picocolors.createColors(stderr.isTTY === true && !isPlain);
  const hasColours = stdout.isTTY === true && !isPlain;
  let shown = '';
  const clearProgress = () => {
    if (shown !== '') stderr.write('\r\u001b[2K');
    shown = '';
  };
  return {
    out: (text) => stdout.write(`${text}\n`),
    error: (text) => {
      clearProgress();
      stderr.write(`${text}\n`);
    },
    style: { colours: hasColours ? 'ansi' : 'none', borders: stdout.isTTY === true ? 'boxed' : 'plain' },
    colours: picocolors.createColors(hasColours),
    width: stdout.columns ?? PIPED_WIDTH,
    paint: {
      place: errorColours.bold,
      caret: errorColours.red,
      faint: errorColours.dim,
      hint: errorColours.cyan,
    },
    progress: (fraction, text) => {
      const line = `${progressBar(fraction)} ${text}`.slice(0, (stderr.columns ?? 80) - 1);
      if (!isInteractive || line === shown) return;
      stderr.write(`\r\u001b[2K${line}`);
      shown = line;
    },
    clearProgress,
  };
}

/** NO_COLOR and CI count when they are there and not empty; `CI=false` is how one turns it off. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

const BAR_LENGTH = 24;

/** `[=======>                ]  29 %` */
export function progressBar(fraction: number): string {
  const clamped = Math.min(1, Math.max(0, fraction));
  const filled = Math.round(clamped * BAR_LENGTH);
  const head = filled < BAR_LENGTH && filled > 0 ? '>' : '';
  const body = '='.repeat(head === '' ? filled : filled - 1);
  return `[${(body + head).padEnd(BAR_LENGTH)}] ${String(Math.floor(clamped * 100)).padStart(3)} %`;
}
