import { NS_PER_MS, NS_PER_SECOND } from '../kernel/time.js';
import { GoDurationError, parseGoDuration } from '../options/go-duration.js';
import { GoError, GoTypeError, type JsonNode, mismatch } from './go-json.js';

const HOUR_NS = 3600 * NS_PER_SECOND;
const DAY_NS = 24 * HOUR_NS;

/** Go's name of the type of a value that encoding/json decodes without a target; lists and objects have none. */
const GO_KINDS = {
  null: '',
  bool: 'bool',
  number: 'float64',
  string: 'string',
  array: '',
  object: '',
} as const;

/** Go's decimal floats (strconv.ParseFloat). */
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const INTEGER = /^[+-]?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;

/** Mistakes that Go's decoder remembers while it goes on: the first is told at the end. */
export class Mistakes {
  private first: GoError | undefined = undefined;

  note(error: GoError): void {
    this.first ??= error;
  }

  /** @throws the first mistake, if there was one. */
  raise(): void {
    if (this.first !== undefined) throw this.first;
  }
}

/** `null.Int`: a whole number, or one in a text; `undefined` for null. */
export function nullInt(node: JsonNode): number | undefined {
  switch (node.kind) {
    case 'null':
      return undefined;
    case 'number': {
      const text = String(node.value);
      if (INTEGER.test(text)) return node.value as number;
      throw new GoTypeError({ value: `number ${text}`, type: 'int64', offset: text.length });
    }
    case 'string':
      return node.value === '' ? undefined : parseInteger(node.value as string);
    case 'object':
      return 0;
    default:
      throw notNull(node, 'Int');
  }
}

/** Go's strconv.ParseInt in base 10; in doubles, so that beyond 2^53 digits are lost. */
export function parseInteger(text: string): number {
  const problem = INTEGER.test(text) ? rangeProblem(text) : 'invalid syntax';
  if (problem !== undefined)
    throw new GoError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`);
  return Number(text);
}

function rangeProblem(text: string): string | undefined {
  const value = BigInt(text.replace(/^\+/, ''));
  return value > INT64_MAX || value < -INT64_MAX - 1n ? 'value out of range' : undefined;
}

/** `null.Bool`. */
export function nullBool(node: JsonNode): boolean | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind === 'bool') return node.value as boolean;
  if (node.kind === 'object') return false;
  throw notNull(node, 'Bool');
}

/** `null.String`. */
export function nullString(node: JsonNode): string | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind === 'string') return node.value as string;
  if (node.kind === 'object') return '';
  throw notNull(node, 'String');
}

function notNull(node: JsonNode, name: string): GoError {
  return new GoError(`json: cannot unmarshal ${GO_KINDS[node.kind]} into Go value of type null.${name}`);
}

/** `types.NullDuration` in ns: a number is milliseconds. */
export function nullDuration(node: JsonNode, text: string): number | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind === 'number') return Math.trunc((node.value as number) * NS_PER_MS);
  if (node.kind === 'string') return parseDuration(node.value as string);
  throw new GoError(`'${text.slice(node.start, node.end)}' is not a valid duration value`);
}

/**
 * A duration as k6 reads it everywhere but on the command line (lib/types/types.go, ParseExtendedDuration): milliseconds without a
 * unit, Go's units, and days in front (`1d12h`). Whole ns; may be negative.
 *
 * @throws GoError in Go's words.
 */
export function parseDuration(text: string): number {
  if (FLOAT.test(text)) return Math.trunc(Number(text) * NS_PER_MS);
  const day = text.indexOf('d');
  if (day < 0) return goDurationOf(text);
  const rest = text.slice(day + 1);
  const hoursNs = rest === '' ? 0 : goDurationOf(rest);
  if (hoursNs < 0) throw new GoError(`invalid time format '${rest}'`);
  const days = parseInteger(text.slice(0, day));
  return days * DAY_NS + (days < 0 ? -hoursNs : hoursNs);
}

function goDurationOf(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    if (error instanceof GoDurationError) throw new GoError(error.message);
    throw error;
  }
}

/** `[]string`. */
export function stringList(node: JsonNode, base: number, mistakes: Mistakes): string[] | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'array') {
    mistakes.note(mismatch(node, '[]string', base));
    return undefined;
  }
  return node.items.map((item) => stringOf(item, base, mistakes));
}

/** `map[string]string`. */
export function stringMap(
  node: JsonNode,
  base: number,
  mistakes: Mistakes,
): Record<string, string> | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'object') {
    mistakes.note(mismatch(node, 'map[string]string', base));
    return undefined;
  }
  return Object.fromEntries(node.entries.map(([key, member]) => [key, stringOf(member, base, mistakes)]));
}

/** `string`: null leaves it empty. */
export function stringOf(node: JsonNode, base: number, mistakes: Mistakes): string {
  if (node.kind === 'string') return node.value as string;
  if (node.kind !== 'null') mistakes.note(mismatch(node, 'string', base));
  return '';
}

/** Any value, as it is: what this simulator does not look into. */
export function plainValue(node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map(plainValue);
  if (node.kind === 'object') {
    return Object.fromEntries(node.entries.map(([key, member]) => [key, plainValue(member)]));
  }
  return node.value;
}
