import { JSLIB_TEXTS } from './jslib-text.js';

/** Where scripts import k6's own library from. */
const JSLIB = /^https:\/\/jslib\.k6\.io\/([\w-]+)\/([^/]+)\/.*$/;

/** The module that stands for an address of k6's library; undefined where there is none. */
export function jslibModule(specifier: string): string | undefined {
  const [name, version] = JSLIB.exec(specifier)?.slice(1) ?? [];
  if (name === undefined || !Object.hasOwn(JSLIB_TEXTS, name)) return undefined;
  // They differ between versions.
  return `const version = ${JSON.stringify(version)}; ${JSLIB_TEXTS[name]}`;
}

/** Names of the modules that there are. */
export const JSLIB_NAMES: readonly string[] = Object.keys(JSLIB_TEXTS);
