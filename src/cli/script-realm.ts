import { constants, createContext, Script } from 'node:vm';
import type { Realm } from '../script/realm.js';

/**
 * A realm made with `node:vm`: a global object of its own that has no connection to this one, no `eval`, no `new Function`, no
 * WebAssembly. `node:vm` alone is no fence: that no object of the host gets in is the business of `src/script`.
 *
 * Limits: memory is shared with the host; an endless regular expression cannot be stopped.
 */
export function createRealm(): Realm {
  const context = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
  });
  return {
    evaluate: (text, name) => new Script(text, { filename: name }).runInContext(context),
  };
}
