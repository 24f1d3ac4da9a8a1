import { parseMistake } from './json-mistake.js';

const { stringify, parse } = JSON;

/** `JSON.stringify` as it was before any script could replace it. */
export function toJson(value: unknown): string {
  return stringify(value) as string;
}

/** `JSON.parse` as it was before any script could replace it. */
export function fromJson(text: string): unknown {
  return parse(text);
}

/** `JSON.parse` for scripts: what it cannot read, it refuses in the words of k6's engine. */
export function installJson(): void {
  const value = {
    parse(text: unknown, ...rest: [reviver?: never]): unknown {
      try {
        return parse(text as string, ...rest);
      } catch (error) {
        const mistake = error instanceof SyntaxError ? parseMistake(String(text)) : undefined;
        throw mistake === undefined ? error : new SyntaxError(mistake);
      }
    },
  }.parse;
  Object.defineProperty(value, 'length', { value: 2 });
  Object.defineProperty(JSON, 'parse', { value, writable: true, configurable: true, enumerable: false });
}
