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
