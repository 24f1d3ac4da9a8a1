import { JSLIB_TEXTS } from './jslib-text.js';

/** Where scripts import k6's own library from. */
const JSLIB = /^https:\/\/jslib\.k6\.io\/([\w-]+)\/[^/]+\/.*$/;

/** The module that stands for an address of k6's library; undefined where there is none. */
export function jslibModule(specifier: string): string | undefined {
  const name = JSLIB.exec(specifier)?.[1];
  return name !== undefined && Object.hasOwn(JSLIB_TEXTS, name) ? JSLIB_TEXTS[name] : undefined;
}

/** Names of the modules that there are. */
export const JSLIB_NAMES: readonly string[] = Object.keys(JSLIB_TEXTS);
