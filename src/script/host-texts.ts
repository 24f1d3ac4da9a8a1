import type { Call } from '../model/call.js';
import type { VirtualUser } from '../model/virtual-user.js';
import type { CompiledScript } from './compile/compile.js';
import type { ScriptRunOptions } from './run-options.js';

/** A line of a stack trace; empty where the place is not the script's. */
export function placeText(
  script: CompiledScript,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
): string {
  const module = script.modules.find(({ id }) => id === file);
  const place = module?.places.locate(line, column);
  if (place === undefined) return '';
  const where = `${file}:${place.line}:${place.column}`;
  return place.name === '' ? where : `${place.name} (${where})`;
}

/** What the prelude's `open` is told: a blank and the text, or `!` and why there is none. */
export function openedText(
  { open }: ScriptRunOptions,
  { from, path, mode }: { readonly from: string; readonly path: string; readonly mode: string },
): string {
  if (open === undefined) return `!open ${path}: no such file or directory`;
  try {
    return ` ${open(from, path, mode)}`;
  } catch (error) {
    return `!${(error as Error).message}`;
  }
}

/** Headers that many answers share are made a text once. */
const headerTexts = new WeakMap<object, string>();

/** Headers of an answer as JSON; empty for none. */
export function headersOf({ responseHeaders }: Call): string {
  if (responseHeaders === undefined) return '';
  let text = headerTexts.get(responseHeaders);
  if (text === undefined) {
    text = JSON.stringify(responseHeaders);
    headerTexts.set(responseHeaders, text);
  }
  return text;
}

/** Tags from the prelude's JSON; undefined for none. */
export function tagsOf(text: string): Readonly<Record<string, string>> | undefined {
  return text === '' ? undefined : (JSON.parse(text) as Record<string, string>);
}

/** Tags of a sample of the script's own: its place, then those from the prelude's JSON. */
export function sampleTags(vu: VirtualUser | undefined, text: string): Record<string, string> {
  const { scenario = '', group = '' } = vu ?? {};
  return { scenario, group, ...tagsOf(text) };
}

/** A fact of `k6/execution` as JSON, empty for none; what begins with `!` is thrown, and stays. */
export function factText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' && value.startsWith('!') ? value : JSON.stringify(value);
}
