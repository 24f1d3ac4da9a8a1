import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { ScriptFile, ScriptHost } from '../script/script-host.js';
import { diskFiles } from './files.js';
import { createRealm } from './script-realm.js';

/** Largest file that a script may open. */
const SIZE_BYTES_MAX = 256 * 1024 * 1024;

/** This machine, as far as scripts may see it: files below their folder that are no symbolic links. */
export const nodeScriptHost: ScriptHost = {
  createRealm,
  absolute: (file) => slashes(path.resolve(file)),
  read(folder: string, file: string): ScriptFile {
    if (!file.startsWith(folder)) return { kind: 'outside' };
    const content = diskFiles.read(file, SIZE_BYTES_MAX);
    if (content.kind === 'missing') return { kind: 'missing' };
    if (isLinked(folder, file)) return { kind: 'outside' };
    if (content.kind === 'file') return content;
    if (content.kind === 'directory') return { kind: 'unreadable', reason: 'is a directory' };
    if (content.kind === 'too-large') {
      return { kind: 'unreadable', reason: `${content.sizeBytes} bytes are more than ${SIZE_BYTES_MAX}` };
    }
    return content;
  },
};

/** True where a link leads from below the folder to another place; the folder itself may be one. */
function isLinked(folder: string, file: string): boolean {
  const real = slashes(realpathSync(folder));
  const base = real.endsWith('/') ? real : `${real}/`;
  return slashes(realpathSync(file)) !== `${base}${file.slice(folder.length)}`;
}

function slashes(file: string): string {
  return path.sep === '/' ? file : file.split(path.sep).join('/');
}
