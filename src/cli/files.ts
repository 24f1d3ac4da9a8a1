import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FileContent, Files } from '../input/source.js';

/** The disk, as the input room sees it. Paths are relative to the working directory, so that messages show what was typed. */
export const diskFiles: Files = {
  read: readFile,
  neighbours(file) {
    try {
      const entries = readdirSync(path.dirname(file), { withFileTypes: true });
      return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    } catch {
      // No such directory: there is nobody to be meant.
      return [];
    }
  },
  resolve(fromFile, reference) {
    return path.isAbsolute(reference) ? reference : path.join(path.dirname(fromFile), reference);
  },
};

function readFile(file: string, sizeBytesMax: number): FileContent {
  let descriptor: number;
  try {
    // Without waiting: a pipe that nobody writes to would hold the program for ever.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return unreadable(error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { kind: 'directory' };
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'a device, pipe or socket' };
    if (stat.size > sizeBytesMax) return { kind: 'too-large', sizeBytes: stat.size };
    return { kind: 'file', bytes: readFileSync(descriptor) };
  } catch (error) {
    return unreadable(error);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(error: unknown): FileContent {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  if (code === 'EISDIR') return { kind: 'directory' };
  if (code === 'EACCES') return { kind: 'unreadable', reason: 'a file without permission to read it' };
  return { kind: 'unreadable', reason: `a file that cannot be read (${code ?? String(error)})` };
}
