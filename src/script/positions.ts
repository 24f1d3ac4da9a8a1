import type { CompiledScript } from './compile/compile.js';

/** Finds places of compiled text in the script as it was written. */
export class PositionTable {
  constructor(private readonly script: CompiledScript) {}

  /** `name (file:///x.js:10:9)` or `file:///x.js:10:9`; nothing for what is not the script's. */
  place(file: string, line: number, column: number): string {
    const module = this.script.modules.find(({ id }) => id === file);
    return module === undefined ? '' : `${file}:${line}:${column}`;
  }
}
