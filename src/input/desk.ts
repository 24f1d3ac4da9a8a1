import type { Amounts } from './amounts.js';
import type { Mistake } from './error.js';
import type { Origin } from './origin.js';
import type { Files } from './source.js';
import type { YamlFile } from './yaml.js';

/** What checks report to, and read from. */
export interface Room {
  readonly files: Files;
  readonly mistakes: Mistake[];
}

/** A model's text and its plain data, keys sorted, with values that the text does not have. */
export interface ModelInstead {
  readonly yaml: YamlFile;
  readonly value: unknown;
}

/** One experiment on its way from text to variants. */
export interface Desk extends Room {
  readonly file: string;
  readonly yaml: YamlFile;
  /** The experiment's plain data, keys sorted. */
  readonly plain: unknown;
  /** Model files by path; `undefined` where one could not be read. */
  readonly models: Map<string, YamlFile | undefined>;
  /** Takes the place of whatever model the experiment names. */
  readonly instead?: ModelInstead | undefined;
  /** Put into the model in place of its own. */
  readonly amounts: Amounts;
}

/** Where the experiment's own values are, before `vary`. */
export function originOf(desk: Desk): Origin {
  return { yaml: desk.yaml, base: [], overlays: [] };
}
