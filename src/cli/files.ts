import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Files } from '../input/source.js';
import { readFile } from './read-file.js';
import { nodeScriptHost } from './script-host.js';

/** The disk, as the input room sees it. Paths are relative to the working directory, so that messages show what was typed. */
export const diskFiles: Files = {
  read: readFile,
  scripts: nodeScriptHost,
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
