import { Lexer } from 'yaml';
import { isMapping } from './mapping.js';

/** Stands for `?` while YAML is parsed: one character for one, so that every other one keeps its place. Private use, Unicode 16, 23.5. */
export const UNKNOWN_MARK = '\ue000';

/** A `?` where a value may stand: after `:`, `-`, `[` or `,`, and nothing behind it but a comment or the end of a flow collection. */
const CANDIDATE = /(?<=[:,[-][ \t]+|[[,])\?(?=[ \t]*(?:[,}\]]|\r?$)|[ \t]+#)/gm;

/** YAML takes a lone `?` for the beginning of a key (1.2, 8.2.2). Here it is a value that is not known yet: marked, it is read as text. */
export function markUnknowns(text: string): string {
  const candidates = new Set([...text.matchAll(CANDIDATE)].map((match) => match.index));
  if (candidates.size === 0) return text;
  const marked = text.replace(CANDIDATE, UNKNOWN_MARK);
  // In a comment, in quotes or in a block of text it is no value: there it stays what it was.
  let offset = 0;
  for (const lexeme of new Lexer().lex(marked)) {
    if (lexeme === UNKNOWN_MARK) candidates.delete(offset);
    if (lexeme !== '\x02' && lexeme !== '\x18' && lexeme !== '\x1f') offset += lexeme.length;
  }
  if (candidates.size === 0) return marked;
  return [...marked].map((character, index) => (candidates.has(index) ? '?' : character)).join('');
}

/** Plain data with `{ fit: {} }` in place of every mark. */
export function unmarkUnknowns(value: unknown): unknown {
  if (value === UNKNOWN_MARK) return { fit: {} };
  if (Array.isArray(value)) return value.some(holdsMark) ? value.map(unmarkUnknowns) : value;
  if (!isMapping(value) || !holdsMark(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmarkUnknowns(inner)]));
}

/** Most files have no unknown: their data is not copied. */
function holdsMark(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return value === UNKNOWN_MARK;
  return Object.values(value).some(holdsMark);
}
