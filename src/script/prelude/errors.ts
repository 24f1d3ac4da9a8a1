import { inSobeksWords } from './sobek.js';

/** An error that k6's own Go code throws: `GoError: message`. */
export function goError(message: string): Error {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: 'GoError', configurable: true, writable: true });
  return error;
}

/** How k6 logs what was thrown: with its stack, if it has one. */
export function describeThrown(thrown: unknown): string {
  try {
    inSobeksWords(thrown);
    if (typeof thrown === 'object' && thrown !== null) {
      const { stack } = thrown as { stack?: unknown };
      if (typeof stack === 'string' && stack !== '') return stack;
    }
    return String(thrown);
  } catch {
    return 'an error that cannot be shown';
  }
}

/** What a promise of k6 is rejected with where a request fails: Go's own error, which is no `Error`. */
export class GoFailure {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  error(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }
}

const byteLists = new WeakSet<object>();

/** No bytes, as Go's: a list to scripts, which k6's console shows as bytes. */
export function noBytes(): never[] {
  const list: never[] = [];
  byteLists.add(list);
  return list;
}

/** True for {@link noBytes}. */
export function isNoBytes(value: object): boolean {
  return byteLists.has(value);
}
