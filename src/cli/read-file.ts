import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { FileContent } from '../input/source.js';

/** What is found under a path on the disk. Never throws. */
export function readFile(file: string, sizeBytesMax: number): FileContent {
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
