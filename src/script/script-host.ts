import { ScriptError } from './compile/script-error.js';
import type { Realm } from './realm.js';

/** What a file of a script was found to be. */
export type ScriptFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  /** Outside of the script's folder, or behind a symbolic link. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What a script needs of the program around: handed in, for nothing here knows of disks and machines. */
export interface ScriptHost {
  /** A new place to evaluate code in. */
  createRealm(): Realm;
  /** Files below the folder of a script, by absolute path with slashes. @param folder the script's, absolute. */
  read(folder: string, path: string): ScriptFile;
  /** The absolute path of a file, with slashes. */
  absolute(path: string): string;
}

const HELP =
  "Make sure that you've specified the right path to the file. If you're running k6 using the Docker image make sure you have mounted the local directory (-v /local/path/:/inside/docker/path) containing your script and modules so that they're accessible by k6 from inside of the container, see https://grafana.com/docs/k6/latest/using-k6/modules/#use-modules-with-docker.";

/** k6's words for a module that is not there. */
export function missingModule(specifier: string): string {
  return `The moduleSpecifier ${JSON.stringify(specifier)} couldn't be found on local disk. ${HELP}`;
}

/** The files of one script: its modules, and what it opens. Ids are `file://` URLs, as k6 shows them. */
export class ScriptFiles {
  /** Absolute, with a slash at its end. */
  private readonly folder: string;
  /** Bytes of what was read besides modules, by path: what `open` gave. */
  readonly opened = new Map<string, Uint8Array>();

  /** @param path the script's, absolute. @param root what it may read; its folder if absent. */
  constructor(
    private readonly host: ScriptHost,
    readonly path: string,
    root: string = path.slice(0, path.lastIndexOf('/')),
  ) {
    this.folder = root.endsWith('/') ? root : `${root}/`;
  }

  /** Text of a module. @throws ScriptError in k6's words. @param specifier as it was written. */
  module(path: string, specifier: string): string {
    const file = this.host.read(this.folder, path);
    if (file.kind === 'file') return decode(file.bytes);
    if (file.kind === 'outside') throw new ScriptError(outside(specifier, this.folder));
    if (file.kind === 'unreadable') throw new ScriptError(`${path}: ${file.reason}`);
    throw new ScriptError(missingModule(specifier));
  }

  /** What `open()` of k6 gives: a text, or with `b` a character per byte. @throws ScriptError in k6's words. */
  open(from: string, path: string, mode: string): string {
    const target = resolvePath(pathOf(from), path);
    let bytes = this.opened.get(target);
    if (bytes === undefined) {
      if (`${target}/` === this.folder) throw new ScriptError(directory(target));
      const file = this.host.read(this.folder, target);
      if (file.kind === 'unreadable' && file.reason === 'is a directory')
        throw new ScriptError(directory(target));
      if (file.kind === 'outside') throw new ScriptError(outside(path, this.folder));
      if (file.kind === 'unreadable') throw new ScriptError(`open ${target}: ${file.reason}`);
      if (file.kind === 'missing') throw new ScriptError(`stat ${target}: no such file or directory`);
      bytes = file.bytes;
      this.opened.set(target, bytes);
    }
    return mode === 'b' ? binary(bytes) : decode(bytes);
  }
}

function directory(path: string): string {
  return `open() can't be used with directories, path: ${JSON.stringify(path)}`;
}

function outside(path: string, folder: string): string {
  return `${path} is not below ${folder}, and a simulated script may read nothing else; move it there, or name a folder around both with --root`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const CHUNK = 8192;

function binary(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/** The path in a `file://` URL. */
export function pathOf(id: string): string {
  return decodeURIComponent(id.replace(/^file:\/\//, ''));
}

/** `file:///tmp/a.js`. */
export function idOf(path: string): string {
  return `file://${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** `../b.js`, seen from the file `/x/y/a.js`, is `/x/b.js`. */
export function resolvePath(from: string, reference: string): string {
  if (reference.startsWith('file://')) return pathOf(reference);
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(1, -1);
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
