import { inCodes } from './paint.js';
import { utcSeconds } from './utc.js';

/** The levels that k6 logs at. */
export type LogLevel = 'error' | 'warning' | 'info' | 'debug';

/** One entry of k6's log. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** Such as `source`, `error`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/** When an entry is made. */
export interface LogTime {
  /** Milliseconds since 1970. */
  readonly unixMs: number;
  /** Whole seconds since k6 was started: what a terminal shows. */
  readonly seconds: number;
}

/** How `--log-format` has the entries; k6 takes any other word for `text`. */
export type LogFormat = 'text' | 'json' | 'raw';

const COLOURS: Readonly<Record<LogLevel, number>> = { error: 31, warning: 33, info: 36, debug: 37 };
/** Width of the message on a terminal (logrus, text_formatter.go). */
const MESSAGE_WIDTH = 44;

/** One line of k6's log, with its newline (logrus v1.9.3, as k6 sets it up). */
export function logLine(entry: LogEntry, time: LogTime, format: LogFormat = 'text'): string {
  const { level, message, fields = {} } = entry;
  if (format === 'raw') return `${message}\n`;
  const date = `${utcSeconds(Math.floor(time.unixMs / 1000))}Z`;
  if (format === 'json') {
    const members = Object.entries({ ...fields, level, msg: message, time: date });
    members.sort(([left], [right]) => (left < right ? -1 : 1));
    return `${JSON.stringify(Object.fromEntries(members)).replace(/[<>&\u2028\u2029]/g, unicode)}\n`;
  }
  const words = sorted(fields).map(([name, text]) => `${name}=${value(text)}`);
  const told = message === '' ? [] : [`msg=${value(message)}`];
  return `${[`time="${date}"`, `level=${level}`, ...told, ...words].join(' ')}\n`;
}

/** The same on a terminal: `ERRO[0001] ...`. */
export function terminalLogLine(entry: LogEntry, { seconds }: LogTime): string {
  const { level, message, fields = {} } = entry;
  const colour = COLOURS[level];
  const name = inCodes(level.toUpperCase().slice(0, 4), colour);
  const words = sorted(fields).map(([key, text]) => ` ${inCodes(key, colour)}=${value(text)}`);
  const text = message.replace(/\n$/, '').padEnd(MESSAGE_WIDTH);
  return `${name}[${String(seconds).padStart(4, '0')}] ${text} ${words.join('')}\n`;
}

function sorted(fields: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Quoted where it has other characters than these. */
function value(text: string): string {
  return /^[\w\-./@^+]*$/.test(text) ? text : goQuote(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Go's `%q`: quotes a text, and escapes in it what cannot be seen. */
export function goQuote(text: string): string {
  const escaped = text.replace(/["\\]|[\p{C}\p{Z}]/gu, (found) => {
    if (found === ' ') return found;
    const known = ESCAPES[found];
    if (known !== undefined) return known;
    const code = found.codePointAt(0)!;
    const digits = code.toString(16);
    if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
    return code > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** k6's last line where thresholds do not hold at the end; exit code 99. */
export function thresholdsCrossed(metrics: readonly string[]): LogEntry {
  return { level: 'error', message: `thresholds on metrics '${metrics.join(', ')}' have been crossed` };
}

/** k6's last line where a threshold with `abortOnFail` ended the test; exit code 99. */
export function thresholdsAborted(metrics: readonly string[]): LogEntry {
  const reason = 'at least one has abortOnFail enabled, stopping test prematurely';
  return { level: 'error', message: `thresholds on metrics '${metrics.join(', ')}' were crossed; ${reason}` };
}

/** k6's warning where not one iteration was completed. */
export const NOTHING_COMPLETED: LogEntry = {
  level: 'warning',
  message: 'No script iterations fully finished, consider making the test duration longer',
};

/** k6's warning of `--summary-mode legacy`. */
export const LEGACY_DEPRECATED: LogEntry = {
  level: 'warning',
  message:
    'The "legacy" summary mode has been deprecated, and will be removed by k6 v2.0. Please, migrate to either "compact" or "full" as soon as possible.',
};
