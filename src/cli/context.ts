import type { Console, Surroundings } from './console.js';

/** What a command works with. */
export interface CommandContext {
  readonly console: Console;
  readonly surroundings: Surroundings;
  readonly version: string;
  /** Sets how the program will end; the last word counts. */
  exitWith(code: number): void;
}
