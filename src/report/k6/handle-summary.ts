import type { K6Breakdown, K6Summary } from '../../metrics/k6-summary.js';
import { summaryExport } from './export.js';
import { legacySummary } from './legacy.js';
import type { LogEntry } from './log.js';
import { textSummary } from './text.js';

/** Something to be written at the end of the test: to `stdout`, to `stderr`, or to a file of that name. */
export interface SummaryOutput {
  readonly target: string;
  readonly content: string | Uint8Array;
}

/** What is to be written, and what is to be logged instead. */
export interface SummaryOutputs {
  readonly outputs: readonly SummaryOutput[];
  readonly problems: readonly LogEntry[];
}

/** What {@link summaryOutputs} needs. */
export interface SummaryRequest {
  readonly data: K6Summary;
  readonly breakdown: K6Breakdown;
  readonly mode: 'compact' | 'full' | 'legacy';
  readonly colors: boolean;
  /** File of `--summary-export`; empty for none. */
  readonly exportFile: string;
  /** What `handleSummary` returned; `undefined` where there is none, or where it threw. */
  readonly returned?: unknown;
}

/**
 * What k6 writes at the end (internal/js/summary-wrapper.js): what `handleSummary` returned, or else the default text; and the
 * exported summary in any case.
 */
export function summaryOutputs(request: SummaryRequest): SummaryOutputs {
  const { returned, exportFile, data } = request;
  const problem = (error: string): SummaryOutputs => ({
    outputs: [],
    problems: [{ level: 'error', message: 'failed to handle the end-of-test summary', fields: { error } }],
  });
  const outputs: SummaryOutput[] = [];
  if (!returned) outputs.push({ target: 'stdout', content: defaultText(request) });
  else if (typeof returned !== 'object' || Array.isArray(returned)) {
    return problem('handleSummary() should return a map with string keys');
  } else {
    for (const [target, content] of Object.entries(returned)) {
      if (typeof content === 'string') outputs.push({ target, content });
      else if (content instanceof Uint8Array) outputs.push({ target, content });
      else if (content instanceof ArrayBuffer) outputs.push({ target, content: new Uint8Array(content) });
      else {
        const type = goTypeOf(content);
        return problem(
          `error handling summary object ${target}: invalid type ${type}, it needs to be a string or ArrayBuffer`,
        );
      }
    }
  }
  if (exportFile !== '') outputs.push({ target: exportFile, content: summaryExport(data) });
  return { outputs, problems: [] };
}

function defaultText({ data, breakdown, mode, colors }: SummaryRequest): string {
  const text =
    mode === 'legacy'
      ? legacySummary(data, { enableColors: colors })
      : textSummary(data, breakdown, { mode, enableColors: colors });
  return `\n${text}\n\n`;
}

/** Go's name of what a script's value becomes. */
function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}
