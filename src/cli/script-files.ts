import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ModuleProvider } from '../script/compile/link.js';
import { ScriptError } from '../script/compile/script-error.js';

/** The files of a script on the disk. */
export interface ScriptFiles extends ModuleProvider {
  /** The id of the script itself. */
  readonly entry: string;
  /** For `open()`: the text, or with mode `b` a character per byte. @throws ScriptError, in k6's words, if it may not be read. */
  open(from: string, name: string, mode: string): string;
}

/** Modules that stand for what scripts import by URL, by that URL; undefined where there is none. */
export type RemoteModules = (url: string) => string | undefined;

/**
 * What a script may read: modules and files in its own folder and below, wherever links lead; nothing else.
 *
 * @param script path of the script.
 */
export function scriptFiles(script: string, remote: RemoteModules = () => undefined): ScriptFiles {
  const file = existing(script);
  if (file === undefined) throw new ScriptError(notFound(script));
  const root = path.dirname(file);
  return {
    entry: pathToFileURL(file).href,
    resolve: (specifier, from) => resolveModule(root, specifier, from, remote),
    read: (id) => (id.startsWith('file:') ? readFileSync(fileURLToPath(id), 'utf8') : remote(id)!),
    open: (from, name, mode) => openFile(root, from, name, mode),
  };
}

function existing(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    // Whatever is wrong with it, it is not there for us.
    return undefined;
  }
}

/** k6's words, without the advice on Docker. */
function notFound(specifier: string): string {
  return `The moduleSpecifier "${specifier}" couldn't be found on local disk. Make sure that you've specified the right path to the file.`;
}

function resolveModule(root: string, specifier: string, from: string, remote: RemoteModules): string {
  if (/^https?:/.test(specifier)) {
    if (remote(specifier) !== undefined) return specifier;
    throw new ScriptError(
      `The moduleSpecifier "${specifier}" couldn't be retrieved: nothing is fetched here. Save it beside the script, and import it by its path.`,
    );
  }
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) {
    throw new ScriptError(
      `The moduleSpecifier "${specifier}" couldn't be recognised as something k6 supports.`,
    );
  }
  const wanted = pathOf(specifier, from);
  const file = existing(wanted);
  if (file === undefined || !statSync(file).isFile()) throw new ScriptError(notFound(specifier));
  if (!isBelow(root, file)) throw new ScriptError(outside(`The moduleSpecifier "${specifier}"`, root));
  return pathToFileURL(file).href;
}

function openFile(root: string, from: string, name: string, mode: string): string {
  const wanted = pathOf(name, from);
  const file = existing(wanted);
  // Whether there is something outside is nobody's business: it is refused before it is looked for.
  if (!isBelow(root, file ?? wanted)) throw new ScriptError(outside(`open ${name}`, root));
  if (file === undefined) throw new ScriptError(`stat ${wanted}: no such file or directory`);
  const stat = statSync(file);
  if (stat.isDirectory()) throw new ScriptError(`open() can't be used with directories, path: "${wanted}"`);
  if (!stat.isFile()) throw new ScriptError(`open ${wanted}: not a regular file`);
  return readFileSync(file, mode === 'b' ? 'latin1' : 'utf8');
}

function outside(what: string, root: string): string {
  return `${what} lies outside of the script's folder (${root}), and may not be read`;
}

function pathOf(name: string, from: string): string {
  if (name.startsWith('file:')) return fileURLToPath(name);
  const folder = from.startsWith('file:') ? path.dirname(fileURLToPath(from)) : '/';
  return path.resolve(folder, name);
}

function isBelow(root: string, file: string): boolean {
  const way = path.relative(root, file);
  return way !== '' && !way.startsWith('..') && !path.isAbsolute(way);
}
