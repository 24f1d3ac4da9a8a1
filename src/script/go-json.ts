/** A value of a JSON text, and where it stands there. */
export interface JsonNode {
  readonly kind: 'null' | 'bool' | 'number' | 'string' | 'array' | 'object';
  /** What it is as a value of the language; `undefined` for lists and objects. */
  readonly value: null | boolean | number | string | undefined;
  readonly items: readonly JsonNode[];
  /** Sorted by key. */
  readonly entries: readonly (readonly [string, JsonNode])[];
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
}

/** A JSON text with its values. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode;
}

/**
 * Writes a value as k6 does before it reads a script's options: Go's json.MarshalIndent, two blanks, keys sorted. Its messages
 * quote from this text.
 *
 * @param value plain data, as JSON.parse makes it; members that are `undefined` become null, as in k6.
 */
export function writeGoJson(value: unknown): JsonDocument {
  const writer = new Writer();
  const root = writer.write(value, '');
  return { text: writer.text, root };
}

class Writer {
  text = '';

  write(value: unknown, margin: string): JsonNode {
    const start = this.text.length;
    if (Array.isArray(value)) {
      const items = this.list('[]', margin, value, (item, inner) => this.write(item, inner));
      return this.node('array', start, { items });
    }
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
      const entries = this.list('{}', margin, members, ([key, member], inner) => {
        this.text += `${quote(key)}: `;
        return [key, this.write(member, inner)] as const;
      });
      return this.node('object', start, { entries });
    }
    return this.literal(value, start);
  }

  private literal(value: unknown, start: number): JsonNode {
    if (typeof value === 'string') {
      this.text += quote(value);
      return this.node('string', start, { value });
    }
    if (typeof value === 'number' && Number.isFinite(value)) {
      this.text += String(value);
      return this.node('number', start, { value });
    }
    if (typeof value === 'boolean') {
      this.text += String(value);
      return this.node('bool', start, { value });
    }
    this.text += 'null';
    return this.node('null', start, { value: null });
  }

  private list<Member, Result>(
    brackets: '[]' | '{}',
    margin: string,
    members: readonly Member[],
    write: (member: Member, margin: string) => Result,
  ): Result[] {
    const inner = `${margin}  `;
    this.text += brackets[0];
    const results = members.map((member, index) => {
      this.text += `${index === 0 ? '' : ','}\n${inner}`;
      return write(member, inner);
    });
    this.text += `${members.length === 0 ? '' : `\n${margin}`}${brackets[1]}`;
    return results;
  }

  private node(kind: JsonNode['kind'], start: number, parts: Partial<JsonNode>): JsonNode {
    return { kind, value: undefined, items: [], entries: [], start, end: this.text.length, ...parts };
  }
}

/** Go's JSON escapes what a browser could take for markup. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What Go says of a value that it cannot take; `message` is its own words. */
export class GoError extends Error {}

/** Where a value stood that has another type than Go's field. */
export interface TypeMismatch {
  /** `number`, `string`, `number 1.5`, ... */
  readonly value: string;
  /** Go's name of the type. */
  readonly type: string;
  /** Behind the value, counted from where the innermost reader of its own began. */
  readonly offset: number;
}

/** json.UnmarshalTypeError. */
export class GoTypeError extends GoError {
  constructor(
    readonly mismatch: TypeMismatch,
    /** Names of the fields around it, outermost first; empty for the whole document. */
    readonly fields: readonly string[] = [],
  ) {
    super(
      fields.length === 0
        ? `json: cannot unmarshal ${mismatch.value} into Go value of type ${mismatch.type}`
        : `json: cannot unmarshal ${mismatch.value} into Go struct field Options.${fields.join('.')} of type ${mismatch.type}`,
    );
  }

  /** The same, told by the reader of the struct that has this field. */
  within(field: string): GoTypeError {
    return new GoTypeError(this.mismatch, [field, ...this.fields]);
  }
}

/** A node that is not of the kind a Go type takes; `base` is where the innermost reader of its own began. */
export function mismatch(node: JsonNode, type: string, base: number): GoTypeError {
  const end = node.kind === 'array' || node.kind === 'object' ? node.start + 1 : node.end;
  return new GoTypeError({ value: node.kind, type, offset: end - base });
}

/**
 * How k6 shows where in the options a {@link GoTypeError} arose (internal/js/bundle.go, beautifyOptionsJSONUnmarshalError): from the
 * newline before the offset up to it, or further. The offset often counts from elsewhere than the text begins; so does k6's.
 */
export function excerpt(text: string, offset: number): string {
  const from = Math.max(text.lastIndexOf('\n', offset - 1), 0);
  const newline = text.indexOf('\n', offset);
  const relative = newline < 0 ? -1 : newline - offset;
  const to = Math.max(Math.min(relative, text.length - 1), offset);
  return text.slice(from, to).trim();
}
