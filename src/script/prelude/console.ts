import { GoFailure, isNoBytes } from './errors.js';
import { host } from './host.js';

/** k6's `console` (internal/js/console.go), whose texts are those of k6 v1.8.1. */
export function consoleObject(): object {
  const write =
    (level: string) =>
    (...values: unknown[]): void => {
      let text = '';
      for (let index = 0; index < values.length; index++) {
        const value = values[index];
        text += (index > 0 ? ' ' : '') + (typeof value === 'string' ? value : shown(value, []));
      }
      host.log(level, text, 'console');
    };
  return {
    log: write('info'),
    info: write('info'),
    warn: write('warning'),
    error: write('error'),
    debug: write('debug'),
  };
}

/** As deep as lists may lie in lists, before they are cut short. */
const DEPTH_MAX = 100;

/** A value as k6 shows it within others: `{ a: [ 1, "x", null ] }`. @param around the values that it lies in. */
function shown(value: unknown, around: readonly unknown[]): string {
  if (typeof value === 'function') return '[object Function]';
  if (typeof value === 'symbol') return value.description ?? '';
  if (typeof value === 'string') return around.length === 0 ? value : `"${value}"`;
  if (value === undefined) return around.length === 0 ? 'undefined' : 'null';
  if (Object.is(value, -0)) return '0';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return shownObject(value, around);
  } catch {
    return '[object Object]';
  }
}

function shownObject(value: object, around: readonly unknown[]): string {
  if (around.includes(value) || around.length > DEPTH_MAX) return '[Circular]';
  if (value instanceof Error) return String(value);
  if (value instanceof GoFailure) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '{}' : `"${value.toISOString()}"`;
  const inside = [...around, value];
  if (value instanceof ArrayBuffer) {
    const bytes = Array.from(new Uint8Array(value), (byte) => byte.toString(16).padStart(2, '0'));
    return `ArrayBuffer { [Uint8Contents]: <${bytes.join(' ')}>, byteLength: ${value.byteLength} }`;
  }
  if (ArrayBuffer.isView(value)) {
    const list = Array.from(value as unknown as ArrayLike<unknown>);
    return `${value.constructor.name}(${list.length}) ${listed(list, inside)}`;
  }
  if (isNoBytes(value)) return 'Uint8Array(0) []';
  if (Array.isArray(value)) return listed(value, inside);
  const entries: string[] = [];
  for (const key of Object.keys(fieldsOf(value))) {
    entries.push(`${key}: ${shown((value as Record<string, unknown>)[key], inside)}`);
  }
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function listed(list: readonly unknown[], inside: readonly unknown[]): string {
  // Not by `map`, which leaves holes out.
  return list.length === 0 ? '[]' : `[ ${Array.from(list, (item) => shown(item, inside)).join(', ')} ]`;
}

/** k6's own objects say themselves what their fields are. */
function fieldsOf(value: object): object {
  return Object.hasOwn(OWN_FIELDS, value.constructor?.name)
    ? (value as { toJSON(): object }).toJSON()
    : value;
}

const OWN_FIELDS: Readonly<Record<string, boolean>> = { Response: true };
