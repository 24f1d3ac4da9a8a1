import { goDuration } from '../../options/go-duration.js';
import { inCodes } from './paint.js';

/** What a stream of k6 is connected to. */
export interface Terminal {
  /** False for a file or a pipe, and with `--no-color`. */
  readonly colors: boolean;
  /** True where `COLORTERM` says so: 24-bit colours. */
  readonly trueColor?: boolean;
}

const CYAN = 36;
const YELLOW = 33;

/** The sign above everything that k6 writes to stdout, unless it is quiet. */
const BANNER = [
  '         /\\      Grafana   /‾‾/  ',
  '    /\\  /  \\     |\\  __   /  /   ',
  '   /  \\/    \\    | |/ /  /   ‾‾\\ ',
  '  /          \\   |   (  |  (‾)  |',
  ' / __________ \\  |_|\\_\\  \\_____/ ',
].join('\n');

/** The banner with the empty lines around it (internal/cmd/ui.go, printBanner). */
export function banner({ colors, trueColor }: Terminal): string {
  if (!colors) return `\n${BANNER}\n\n`;
  if (trueColor !== true) return `\n${inCodes(BANNER, YELLOW)}\n\n`;
  // Orange and bold; the end resets every one of the six numbers.
  return `\n\u001b[38;2;255;103;29;1m${BANNER}\u001b[0;22;0;0;0;22m\n\n`;
}

/** What is run, as k6 tells it before it starts. */
export interface ExecutionDescription {
  /** As it was given on the command line. */
  readonly script: string;
  /** `json (points.json)`, ... */
  readonly outputs: readonly string[];
  /** By start time, then by name; the text is the executor's own. */
  readonly scenarios: readonly { readonly name: string; readonly description: string }[];
  readonly vusMax: number;
  /** When the last reservation ends, ns. */
  readonly endNs: number;
  /** Where it is run: `local`. */
  readonly execution?: string;
}

/** Of the max duration in the description: to a tenth of a second. */
const ROUNDING_NS = 100_000_000;

/** `execution: local`, `script:`, `output:`, `scenarios:` (internal/cmd/ui.go, printExecutionDescription). */
export function describeExecution(description: ExecutionDescription, { colors }: Terminal): string {
  const { script, outputs, scenarios, vusMax, endNs, execution = 'local' } = description;
  const value = (text: string) => (colors ? inCodes(text, CYAN) : text);
  const count = scenarios.length > 1 ? `${scenarios.length} scenarios` : '1 scenario';
  const longest = goDuration(Math.round(endNs / ROUNDING_NS) * ROUNDING_NS);
  const summary = `(100.00%) ${count}, ${vusMax} max VUs, ${longest} max duration (incl. graceful stop):`;
  return [
    '',
    `     execution: ${value(execution)}`,
    `        script: ${value(script)}`,
    `        output: ${value(outputs.length === 0 ? '-' : outputs.join(', '))}`,
    '',
    `     scenarios: ${value(summary)}`,
    ...scenarios.map((scenario) => `              * ${scenario.name}: ${scenario.description}`),
    '',
    '',
  ].join('\n');
}

/** On a terminal, k6 erases the rest of every line that it writes. */
export function forTerminal(text: string): string {
  return text.replaceAll('\n', '\u001b[0K\n');
}
