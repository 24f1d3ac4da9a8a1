import { goError } from './errors.js';
import { fromJson, toJson } from './json.js';

/**
 * A value as Go writes it after Sobek's `Export()` (what `setup` returns): what is undefined becomes null, dates are RFC 3339,
 * `toJSON` is not asked; keys are sorted. @throws GoError for what JSON does not have, in Go's words.
 */
export function goJson(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'null';
    case 'function':
      throw goError('json: unsupported type: func(sobek.FunctionCall) sobek.Value');
    case 'symbol':
      throw goError('json: unsupported type: *sobek.Symbol');
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw goError(`json: unsupported value: ${goNumber(value)}`);
      return toJson(value);
    case 'object':
      return value === null ? 'null' : objectText(value);
    default:
      return toJson(value);
  }
}

function objectText(value: object): string {
  if (value instanceof Date) return `"${goTime(value)}"`;
  if (Array.isArray(value)) return `[${Array.from(value as unknown[], goJson).join(',')}]`;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return goJson(value.valueOf());
  }
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${toJson(key)}:${goJson((value as Record<string, unknown>)[key])}`);
  return `{${entries.join(',')}}`;
}

function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** RFC 3339 without the zeros at the end of the second. */
function goTime(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, 'Z');
}

/** A value as JSON; nothing for undefined. */
export function jsonOf(value: unknown): string {
  return value === undefined ? '' : (toJson(value) ?? '');
}

/**
 * What `handleSummary` returned: JSON of pairs of a name and a text after `t`, bytes after `b`, or anything else as JSON after
 * `x`; a text for what is no mapping; nothing for nothing.
 */
export function filesOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object' || Array.isArray(value)) return toJson('x');
  const files = Object.keys(value).map((name) => {
    const content = (value as Record<string, unknown>)[name];
    if (typeof content === 'string') return [name, `t${content}`];
    if (!(content instanceof ArrayBuffer)) return [name, `x${jsonOf(content)}`];
    let text = 'b';
    for (const byte of new Uint8Array(content)) text += String.fromCharCode(byte);
    return [name, text];
  });
  return toJson(files);
}

interface Summary {
  readonly setup_data?: unknown;
}

/** The argument of `teardown` or `handleSummary`: the summary's data has `setup_data` also where there is none. */
export function argumentOf(name: string, argument: string): unknown {
  const value = fromJson(argument) as Summary;
  return name === 'handleSummary' ? { ...value, setup_data: value.setup_data } : value;
}
