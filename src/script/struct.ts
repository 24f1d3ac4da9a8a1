import { Mistakes } from './go-fields.js';
import { GoError, GoTypeError, type JsonNode, mismatch, quote } from './go-json.js';

/** What a field is read with. */
export interface FieldContext {
  /** The whole document. */
  readonly text: string;
  /** Where the innermost reader of its own began: what offsets in messages count from. */
  readonly base: number;
  /** Mistakes within this field that do not stop the reading. */
  readonly mistakes: Mistakes;
}

/** Reads a field's value; throws where Go's own reader of that type does. */
export type FieldReader = (node: JsonNode, context: FieldContext) => unknown;

/** A Go struct. */
export interface Struct {
  /** Its name in messages. */
  readonly type: string;
  readonly fields: Readonly<Record<string, FieldReader>>;
  /** Names of embedded structs, which messages mention. */
  readonly paths?: Readonly<Record<string, string>>;
  /** What happens with keys that it does not have. */
  readonly unknownKeys: 'refuse' | 'ignore';
}

/**
 * Reads an object as encoding/json does: keys in their order, upper and lower case alike where no field is spelt exactly so; a
 * value of the wrong type is remembered, while what a type's own reader refuses ends it.
 *
 * @param base see {@link FieldContext}.
 * @throws GoError the mistake that Go would tell.
 */
export function readStruct(
  struct: Struct,
  node: JsonNode,
  text: string,
  base: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  if (node.kind === 'null') return values;
  if (node.kind !== 'object') throw mismatch(node, struct.type, base);
  const mistakes = new Mistakes();
  for (const [key, member] of node.entries) {
    const name = fieldOf(struct, key);
    if (name === undefined) {
      if (struct.unknownKeys === 'refuse') mistakes.note(new GoError(`json: unknown field ${quote(key)}`));
      continue;
    }
    const inner = new Mistakes();
    try {
      values[name] = struct.fields[name]!(member, { text, base, mistakes: inner });
    } catch (error) {
      throw located(error, struct, name);
    }
    try {
      inner.raise();
    } catch (error) {
      mistakes.note(located(error, struct, name));
    }
  }
  mistakes.raise();
  return values;
}

function fieldOf(struct: Struct, key: string): string | undefined {
  if (Object.hasOwn(struct.fields, key)) return key;
  const folded = key.toLowerCase();
  return Object.keys(struct.fields).find((name) => name.toLowerCase() === folded);
}

function located(error: unknown, struct: Struct, name: string): GoError {
  if (!(error instanceof GoError)) throw error;
  return error instanceof GoTypeError ? error.within(struct.paths?.[name] ?? name) : error;
}
