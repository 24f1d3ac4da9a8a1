import { appendFileSync, writeFileSync } from 'node:fs';
import { type LogEntry, type LogFormat, logLine, terminalLogLine } from '../../report/k6/log.js';
import { K6_EXIT_CODES, K6Error } from '../../script/exit-codes.js';
import type { Output, Surroundings } from '../console.js';

/** How `--log-format`, `--log-output`, `--verbose` and `--no-color` have the log. */
export interface LogSettings {
  readonly format: string;
  /** `stderr`, `stdout`, `none` or `file=PATH`. */
  readonly output: string;
  /** File for what scripts say on their console, `--console-output`; empty for none. */
  readonly console: string;
  readonly verbose: boolean;
  readonly noColor: boolean;
}

/** k6's log, in virtual time. */
export class K6Log {
  /** Simulated time, in ns; the program sets the clock's hand. */
  nowNs: () => number = () => 0;

  private readonly write: (text: string) => void;
  private readonly writeConsole: ((text: string) => void) | undefined;
  private readonly isTerminal: boolean;
  private readonly format: LogFormat;

  constructor(
    surroundings: Surroundings,
    private readonly settings: LogSettings,
    private readonly startedAtMs: number,
  ) {
    const { output, format, noColor } = settings;
    const stream = output === 'stdout' ? surroundings.stdout : surroundings.stderr;
    this.write = writerOf(output, stream);
    this.writeConsole = settings.console === '' ? undefined : writerOf(`file=${settings.console}`, stream);
    this.isTerminal = stream.isTTY === true && !noColor && !output.startsWith('file=');
    this.format = format === 'raw' || format === 'json' ? format : 'text';
  }

  add(entry: LogEntry): void {
    if (entry.level === 'debug' && !this.settings.verbose) return;
    const nowNs = this.nowNs();
    const time = { unixMs: this.startedAtMs + nowNs / 1e6, seconds: Math.floor(nowNs / 1e9) };
    const { source, ...rest } = entry.fields ?? {};
    if (source === 'console' && this.writeConsole !== undefined) {
      this.writeConsole(logLine({ ...entry, fields: rest }, time, this.format));
      return;
    }
    const isPlain = this.format !== 'text' || !this.isTerminal;
    this.write(isPlain ? logLine(entry, time, this.format) : terminalLogLine(entry, time));
  }
}

function writerOf(output: string, stream: Output): (text: string) => void {
  if (output === 'none') return () => {};
  if (output === 'stderr' || output === 'stdout') return (text) => stream.write(text);
  if (!output.startsWith('file=')) {
    throw new K6Error(`unsupported log output '${output}'`, K6_EXIT_CODES.other);
  }
  const file = output.slice('file='.length).split(',')[0]!;
  writeFileSync(file, '');
  return (text) => appendFileSync(file, text);
}
