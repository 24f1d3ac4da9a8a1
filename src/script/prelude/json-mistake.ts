/** What Go finds wrong in a text that is no JSON. */
export interface JsonMistake {
  /** `invalid character 'x' after array element`. */
  readonly message: string;
  /** Index of the character that is wrong; the length of the text where it ends too early. */
  readonly at: number;
}

const BLANK = /[ \t\r\n]/;
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

function atBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.test(text[at]!)) at += 1;
  return at;
}

/** Go sees bytes, not characters, and quotes them as characters of their own. */
function quoted(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  const code = character.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`;
  if (code < 0x80) return character === '\\' ? "'\\\\'" : `'${character}'`;
  return `'${String.fromCharCode(firstByte(code))}'`;
}

/** Of a character's UTF-8, by the first half of its UTF-16. */
function firstByte(code: number): number {
  if (code < 0x800) return 0xc0 | (code >> 6);
  return code >= 0xd800 && code < 0xdc00 ? 0xf0 : 0xe0 | (code >> 12);
}

function wrong(text: string, at: number, where: string): JsonMistake {
  if (at >= text.length) return { message: '', at: text.length };
  return { message: `invalid character ${quoted(text[at]!)}${where}`, at };
}

/** The end of the text, number or word that begins at `at` (Go's encoding/json, scanner.go). */
function endOfScalar(text: string, at: number): number | JsonMistake {
  const character = text[at]!;
  if (character === '"') return endOfString(text, at);
  if (character === '-' || /\d/.test(character)) return endOfNumber(text, at);
  const word = LITERALS[character];
  if (word === undefined) return wrong(text, at, ' looking for beginning of value');
  for (let index = 1; index < word.length; index++) {
    if (text[at + index] !== word[index]) {
      return wrong(text, at + index, ` in literal ${word} (expecting '${word[index]}')`);
    }
  }
  return at + word.length;
}

function endOfString(text: string, start: number): number | JsonMistake {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return at + 1;
    if (character < ' ') return wrong(text, at, ' in string literal');
    if (character !== '\\') continue;
    at += 1;
    if (text[at] === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        at += 1;
        if (!/^[\da-fA-F]$/.test(text[at] ?? ''))
          return wrong(text, at, ' in \\u hexadecimal character escape');
      }
    } else if (!/^["\\/bfnrt]$/.test(text[at] ?? '')) return wrong(text, at, ' in string escape code');
  }
  return wrong(text, text.length, '');
}

function digits(text: string, from: number): number {
  let at = from;
  while (/^\d$/.test(text[at] ?? '')) at += 1;
  return at;
}

function endOfNumber(text: string, start: number): number | JsonMistake {
  let at = text[start] === '-' ? start + 1 : start;
  if (!/^\d$/.test(text[at] ?? '')) return wrong(text, at, ' in numeric literal');
  at = text[at] === '0' ? at + 1 : digits(text, at);
  if (text[at] === '.') {
    const end = digits(text, at + 1);
    if (end === at + 1) return wrong(text, end, ' after decimal point in numeric literal');
    at = end;
  }
  if (text[at] === 'e' || text[at] === 'E') {
    const from = /^[+-]$/.test(text[at + 1] ?? '') ? at + 2 : at + 1;
    const end = digits(text, from);
    if (end === from) return wrong(text, end, ' in exponent of numeric literal');
    at = end;
  }
  return at;
}

/** How the two readers of Go differ: `Unmarshal` looks at the whole text first, `Decoder` takes one token after the other. */
interface Words {
  readonly firstKey: string;
}

/** The end of the value that begins at `from`, or what is wrong with it. */
function endOfValue(text: string, from: number, words: Words): number | JsonMistake {
  const at = atBlank(text, from);
  if (at >= text.length) return wrong(text, at, '');
  if (text[at] === '[') return endOfArray(text, at, words);
  return text[at] === '{' ? endOfObject(text, at, words) : endOfScalar(text, at);
}

function endOfArray(text: string, start: number, words: Words): number | JsonMistake {
  let at = atBlank(text, start + 1);
  if (text[at] === ']') return at + 1;
  for (;;) {
    const end = endOfValue(text, at, words);
    if (typeof end !== 'number') return end;
    at = atBlank(text, end);
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') return wrong(text, at, ' after array element');
    at += 1;
  }
}

function endOfObject(text: string, start: number, words: Words): number | JsonMistake {
  let at = atBlank(text, start + 1);
  if (text[at] === '}') return at + 1;
  let where = words.firstKey;
  for (;;) {
    at = atBlank(text, at);
    if (text[at] !== '"') return wrong(text, at, where);
    const keyEnd = endOfString(text, at);
    if (typeof keyEnd !== 'number') return keyEnd;
    at = atBlank(text, keyEnd);
    if (text[at] !== ':') return wrong(text, at, ' after object key');
    const end = endOfValue(text, at + 1, words);
    if (typeof end !== 'number') return end;
    at = atBlank(text, end);
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') return wrong(text, at, ' after object key:value pair');
    at += 1;
    where = KEY;
  }
}

const KEY = ' looking for beginning of object key string';

/** What Go's `json.Unmarshal` finds wrong; undefined for nothing. */
export function unmarshalMistake(text: string): JsonMistake | undefined {
  const end = endOfValue(text, 0, { firstKey: KEY });
  if (typeof end !== 'number') {
    return end.at >= text.length ? { ...end, message: 'unexpected end of JSON input' } : end;
  }
  const rest = atBlank(text, end);
  return rest < text.length ? wrong(text, rest, ' after top-level value') : undefined;
}

/** What k6's engine says of a text that its `JSON.parse` cannot read (sobek's builtin_json.go); undefined for nothing. */
export function parseMistake(text: string): string | undefined {
  const end = endOfValue(text, 0, { firstKey: '' });
  if (typeof end !== 'number') {
    if (end.at < text.length) return end.message;
    return endsBetween(text) ? 'Unexpected end of JSON input (EOF)' : 'unexpected EOF';
  }
  const rest = atBlank(text, end);
  if (rest >= text.length) return undefined;
  const next = /^[\][{}]/.test(text[rest]!) ? rest + 1 : endOfScalar(text, rest);
  const token = typeof next === 'number' && !/[\]}]/.test(text[rest]!) ? text.slice(rest, next) : '<nil>';
  return `Unexpected token at the end: ${token === 'null' ? '<nil>' : token.replace(/^"(.*)"$/s, '$1')}`;
}

/** True where a text ends between two tokens, not within one. */
function endsBetween(text: string): boolean {
  for (let at = atBlank(text, 0); at < text.length; at = atBlank(text, at)) {
    if (/[\][{}:,]/.test(text[at]!)) at += 1;
    else {
      const end = endOfScalar(text, at);
      if (typeof end !== 'number') return false;
      at = end;
    }
  }
  return true;
}
