import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  Parser,
} from 'yaml';
import { InputError, type Mistake, type Position } from './error.js';
import { formatPath, getPath, type Path } from './path.js';
import { positionAt, type Source } from './source.js';
import { markUnknowns, unmarkUnknowns } from './unknown-marks.js';
import { type UnknownPlace, unknownPlaces } from './unknown-places.js';

/** Nested mappings and lists; the deepest real file has about ten. The library's composer recurses, so more may kill it. */
const DEPTH_MAX = 100;
/** Tokens of one file, blanks included: what is read in about a second. */
const TOKENS_MAX = 300_000;
/** How often aliases may multiply what they stand for (`maxAliasCount`), against "billion laughs" files. */
const ALIASES_MAX = 1000;

/** A parsed file: its value, and where every part of it stands. */
export interface YamlFile {
  readonly source: Source;
  /** Plain data: mappings, lists, text, numbers, true, false, null. */
  readonly value: unknown;
  /**
   * Where the value at `path` stands, or its key with `of: 'key'`; where there is no such value, the deepest key
   * on the way to it. Follows aliases and merge keys.
   */
  locate(path: Path, of: 'key' | 'value'): Required<Position>;
  /** True where there is a value at `path`. */
  has(path: Path): boolean;
  /** Values that are unknown: `?` and `{ fit: ... }`, which is what `?` is in {@link value}. In the order of the text. */
  unknowns(): readonly UnknownPlace[];
}

/**
 * Parses YAML 1.2 with anchors and merge keys, and nothing that could surprise: no tags but the standard ones, no second
 * document, no key twice, bounded depth, size and aliases.
 * @throws InputError with every mistake the parser finds.
 */
export function parseYaml(source: Source): YamlFile {
  const document = compose(source);
  const mistakes = syntaxMistakes(source, document);
  if (mistakes.length > 0) throw new InputError(mistakes);
  const structural = structureMistakes(source, document);
  if (structural.length > 0) throw new InputError(structural);
  const value = unmarkUnknowns(toPlain(source, document));
  return {
    source,
    value,
    has: (path) => getPath(value, path) !== undefined,
    locate: (path, of) => positionAt(source, offsetOf(document, path, of)),
    unknowns: () => unknownPlaces(document, value),
  };
}

/** What `parseDocument` does, with a bound on depth and tokens before anything recursive sees them. */
function compose(source: Source): Document.Parsed {
  const lineCounter = new LineCounter();
  const parser = new Parser(lineCounter.addNewLine);
  const composer = new Composer({
    lineCounter,
    merge: true,
    stringKeys: true,
    // Our own check: the library compares each key with all others, minutes for a large mapping.
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const tokens = boundedTokens(source, markUnknowns(source.text), parser);
  const [document, second] = [...composer.compose(tokens, true, source.text.length)];
  if (second !== undefined) {
    const at = positionAt(source, second.range[0]);
    const mistake = { ...at, path: '', got: 'a second document', expected: 'one document, without "---"' };
    throw new InputError([mistake]);
  }
  return document as Document.Parsed;
}

function* boundedTokens(source: Source, text: string, parser: Parser) {
  let tokenCount = 0;
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokenCount += 1;
    const got = parser.stack.length > DEPTH_MAX ? 'nesting' : tokenCount > TOKENS_MAX ? 'tokens' : undefined;
    if (got !== undefined) {
      const expected =
        got === 'nesting'
          ? `at most ${DEPTH_MAX / 2} levels of nesting`
          : `at most ${TOKENS_MAX} tokens of YAML`;
      const mistake = { ...positionAt(source, offset), path: '', got: 'more', expected };
      throw new InputError([mistake]);
    }
    // Byte order mark and the lexer's own markers (document start, flow end, scalar) take no room in the text.
    if (lexeme !== '\x02' && lexeme !== '\x18' && lexeme !== '\x1f') offset += lexeme.length;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Mistakes that leave the structure of the rest intact; after any other, what follows is told wrongly. */
const LOCAL_CODES = ['TAG_RESOLVE_FAILED', 'NON_STRING_KEY', 'BAD_SCALAR_START', 'BAD_DQ_ESCAPE'];

function syntaxMistakes(source: Source, document: Document.Parsed): Mistake[] {
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const end = errors.findIndex((error) => !LOCAL_CODES.includes(error.code));
  const told = end < 0 ? errors : errors.slice(0, end + 1);
  return told.map((error) => syntaxMistake(source, error.code, error.message, error.pos[0]));
}

function syntaxMistake(source: Source, code: string, message: string, offset: number): Mistake {
  const at = positionAt(source, offset);
  const rest = at.lineText.slice(at.column - 1, at.column + 39);
  const got = rest === '' ? 'the end of the line' : JSON.stringify(rest);
  const base = { ...at, path: '', got };
  if (code === 'TAB_AS_INDENT') {
    return { ...base, got: 'a tab', expected: 'spaces', hint: 'YAML is indented with spaces' };
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    return { ...base, expected: 'a value without a YAML tag', hint: 'quote the text if it begins with "!"' };
  }
  if (code === 'NON_STRING_KEY') return { ...base, expected: 'text as the key' };
  if (code === 'BAD_SCALAR_START') {
    return { ...base, expected: 'a value', hint: 'text that begins with this character needs quotes' };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return { ...base, expected: 'one "key: value" per line', hint: 'text with ": " in it needs quotes' };
  }
  const hint = `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\n[\s\S]*$/, '')}`;
  return { ...base, expected: 'YAML', hint };
}

/** Keys that stand twice in one mapping, aliases without anchor or into themselves. */
function structureMistakes(source: Source, document: Document.Parsed): Mistake[] {
  const mistakes: Mistake[] = [];
  const open = new Set<Node>();
  const refuse = (node: Node, path: Path, got: string, expected: string) =>
    mistakes.push({ ...positionAt(source, node.range?.[0] ?? 0), path: formatPath(path), got, expected });
  const visit = (node: unknown, path: Path): void => {
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) refuse(node, path, `*${node.source}`, `an anchor &${node.source} before it`);
      else if (open.has(target))
        refuse(node, path, `*${node.source}`, 'an alias that is not inside its own anchor');
    } else if (isSeq(node)) {
      open.add(node);
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
      open.delete(node);
    } else if (isMap(node)) {
      open.add(node);
      const seen = new Set<string>();
      for (const pair of node.items) {
        const key = keyOf(pair);
        if (seen.has(key) && key !== '<<') {
          refuse(
            pair.key as Node,
            [...path, key],
            `the key ${JSON.stringify(key)} a second time`,
            'each key once',
          );
        }
        seen.add(key);
        visit(pair.value, [...path, key]);
      }
      open.delete(node);
    }
  };
  visit(document.contents, []);
  return mistakes;
}

function toPlain(source: Source, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    // What remains after the checks above: aliases that multiply each other, and a merge of something that is no mapping.
    const isBomb = error instanceof ReferenceError;
    const alias = isBomb ? source.text.search(/[\s,[]\*/) + 1 : source.text.indexOf('<<');
    const mistake: Mistake = {
      ...positionAt(source, Math.max(0, alias)),
      path: '',
      got: isBomb ? 'aliases of aliases that stand for too much' : 'a merge key "<<" of something else',
      expected: isBomb
        ? `aliases that expand to at most ${ALIASES_MAX} values`
        : 'a mapping, or a list of mappings',
    };
    throw new InputError([mistake]);
  }
}

function keyOf(pair: Pair<unknown, unknown>): string {
  return isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : String(pair.key);
}

function offsetOf(document: Document.Parsed, path: Path, of: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const [depth, segment] of path.entries()) {
    const container = resolve(document, node);
    const isLast = depth === path.length - 1;
    if (isSeq(container)) {
      const item = container.items[Number(segment)];
      if (item === undefined) return offset;
      node = item;
      offset = startOf(item) ?? offset;
      continue;
    }
    const pair = isMap(container) ? findPair(document, container.items, String(segment)) : undefined;
    if (pair === undefined) return offset ?? 0;
    const keyOffset = startOf(pair.key) ?? offset;
    // An empty value (`key:`) has no characters of its own; its key is where the reader looks.
    const isEmpty = isScalar(pair.value) && pair.value.value === null && pair.value.source === '';
    offset = of === 'key' && isLast ? keyOffset : isEmpty ? keyOffset : (startOf(pair.value) ?? keyOffset);
    node = pair.value;
    if (node === null || node === undefined) return keyOffset ?? 0;
  }
  return offset ?? 0;
}

function findPair(document: Document.Parsed, pairs: readonly Pair[], key: string): Pair | undefined {
  const own = pairs.find((pair) => keyOf(pair) === key);
  if (own !== undefined) return own;
  for (const merge of pairs.filter((pair) => keyOf(pair) === '<<')) {
    const merged = resolve(document, merge.value);
    for (const part of isSeq(merged) ? merged.items : [merged]) {
      const container = resolve(document, part);
      const pair = isMap(container) ? findPair(document, container.items, key) : undefined;
      if (pair !== undefined) return pair;
    }
  }
  return undefined;
}

function resolve(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number {
  return (node as ParsedNode | null)?.range?.[0] ?? 0;
}
