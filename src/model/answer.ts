import { BETWEEN_VALUES } from './answer-fields.js';
import { byteLength } from './endpoint.js';
import type { Endpoint } from './exchange.js';
import { splitPath } from './service.js';

/** What an answer says beside its status: header lines and a body, as they are on the wire. Shared: must not be changed. */
export interface AnswerContent {
  /** `Content-Type` where there is a body, and what the model adds (see `headersField`); absent for nothing. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Bytes of the lines that the model adds; those of every answer are in the service's `head_bytes`. */
  readonly headerBytes: number;
  /** Absent: the model gives a size at most. */
  readonly body: string | undefined;
  readonly bodyBytes: number;
}

/** What an answer is to say, as a model has it: texts may hold `{instance}` and the variables of the route's path. */
export interface AnswerSpec {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Any value of YAML; `undefined` for none. */
  readonly json?: unknown;
  readonly text?: string | undefined;
}

/** Who answers. */
export interface Answerer {
  readonly index: number;
  readonly name: string;
}

/** The name of the instance that answers. */
export const INSTANCE = 'instance';

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;

/** The names in braces in all texts of a value. */
export function placeholdersOf(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(PLACEHOLDER)].map((match) => match[1]!);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(placeholdersOf);
}

/** The variables of a path: `/carts/{cart}/items/{id}` to `['cart', 'id']`. */
export function pathVariables(path: string): string[] {
  return splitPath(path)
    .filter((segment) => segment.startsWith('{') && segment.endsWith('}'))
    .map((segment) => segment.slice(1, -1));
}

/**
 * What one step of one route answers. Each distinct answer (by instance and request line, as far as it depends on them) is
 * made once: afterwards an answer costs a look-up.
 */
export class AnswerTemplate {
  private readonly segments: readonly string[];
  private readonly byInstance: boolean;
  private readonly byPath: boolean;
  private readonly made: AnswerContent[][] = [];

  /** @param path the route's, with its variables. */
  constructor(
    private readonly spec: AnswerSpec,
    path: string,
  ) {
    this.segments = splitPath(path);
    const names = placeholdersOf([spec.headers, spec.json, spec.text]);
    this.byInstance = names.includes(INSTANCE);
    this.byPath = pathVariables(path).some((name) => names.includes(name));
  }

  /** What `instance` answers to a request line that fits the route. */
  contentFor(instance: Answerer, endpoint: Endpoint): AnswerContent {
    const row = this.byInstance ? instance.index : 0;
    const column = this.byPath ? endpoint.index : 0;
    this.made[row] ??= [];
    const contents = this.made[row];
    contents[column] ??= makeContent(this.spec, this.valuesFor(instance, endpoint));
    return contents[column];
  }

  private valuesFor(instance: Answerer, endpoint: Endpoint): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    splitPath(endpoint.path).forEach((value, index) => {
      const segment = this.segments[index];
      if (segment?.startsWith('{')) values.set(segment.slice(1, -1), decoded(value));
    });
    values.set(INSTANCE, instance.name);
    return values;
  }
}

/** What every answer of an instance says, whatever its route. */
export function commonContent(
  headers: Readonly<Record<string, string>> | undefined,
  instanceName: string,
): AnswerContent | undefined {
  if (headers === undefined || Object.keys(headers).length === 0) return undefined;
  return makeContent({ headers }, new Map([[INSTANCE, instanceName]]));
}

/** `more` over `base`; names of headers are the same in any case. */
export function mergeHeaders(
  base: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const overwritten = new Set(Object.keys(more).map((name) => name.toLowerCase()));
  const kept = Object.entries(base).filter(([name]) => !overwritten.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...more };
}

function makeContent(spec: AnswerSpec, values: ReadonlyMap<string, string>): AnswerContent {
  const own = Object.entries(spec.headers ?? {}).map(([name, value]): [string, string] => [
    name,
    filled(value, values),
  ]);
  const lines = own.flatMap(([name, value]) =>
    value.split(BETWEEN_VALUES).map((one) => `${name}: ${one}\r\n`),
  );
  const headerBytes = lines.reduce((sum, line) => sum + byteLength(line), 0);
  const body =
    spec.json === undefined
      ? spec.text === undefined
        ? undefined
        : filled(spec.text, values)
      : JSON.stringify(filledTree(spec.json, values));
  const type = spec.json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  const headers = mergeHeaders(body === undefined ? {} : { 'Content-Type': type }, Object.fromEntries(own));
  return {
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    headerBytes,
    body,
    bodyBytes: body === undefined ? 0 : byteLength(body),
  };
}

function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => values.get(name) ?? whole);
}

function filledTree(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return filled(value, values);
  if (Array.isArray(value)) return value.map((item) => filledTree(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledTree(item, values)]));
}

/** A segment of a path as a framework reads it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray `%`: frameworks leave it as it is
  }
}
