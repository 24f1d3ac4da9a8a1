import { writeFileSync } from 'node:fs';
import type { ScriptTest } from '../../experiment/script-test.js';
import { NS_PER_MS } from '../../kernel/time.js';
import type { K6Aggregator } from '../../metrics/k6-aggregator.js';
import { type SummaryOutput, summaryOutputs } from '../../report/k6/handle-summary.js';
import type { K6Request } from './request.js';
import type { K6Surrounding } from './run.js';

/** What {@link writeSummary} needs. */
export interface SummaryContext {
  readonly request: K6Request;
  readonly test: ScriptTest;
  readonly aggregator: K6Aggregator;
  /** The end of the test, since its start. */
  readonly endNs: number;
  readonly surrounding: K6Surrounding;
}

/** k6's end-of-test summary: what `handleSummary` returns, or the text; nothing with `--no-summary`. */
export function writeSummary({ request, test, aggregator, endNs, surrounding }: SummaryContext): void {
  const { runtime } = request;
  if (runtime.summaryMode === 'disabled') return;
  const { log, context } = surrounding;
  const { stdout, stderr } = context.surroundings;
  const { options } = test.options.plan.consolidated;
  const rest = {
    options: {
      summaryTrendStats: options.summaryTrendStats!,
      summaryTimeUnit: options.summaryTimeUnit ?? '',
      noColor: runtime.noColor,
    },
    state: {
      isStdOutTTY: stdout.isTTY === true,
      isStdErrTTY: stderr.isTTY === true,
      testRunDurationMs: endNs / NS_PER_MS,
    },
    ...(test.setupData === '' ? {} : { setup_data: JSON.parse(test.setupData) as unknown }),
  };
  const data = aggregator.summary(rest);
  const { outputs, problems } = summaryOutputs({
    data,
    breakdown: aggregator.breakdown(rest),
    mode: runtime.summaryMode,
    colors: stdout.isTTY === true && !runtime.noColor,
    exportFile: runtime.summaryExport,
    returned: returnedBy(test, JSON.stringify(data), surrounding),
  });
  for (const problem of problems) log.add(problem);
  const unwritten = outputs.filter((output) => !write(output, surrounding)).map(({ target }) => target);
  if (unwritten.length === 0) return;
  // k6 says no more of it either.
  const lines = unwritten.map(
    (file) => `\n\t- could not open '${file}': open ${file}: no such file or directory`,
  );
  const error = `Could not save some summary information:${lines.join('')}`;
  log.add({ level: 'error', message: 'failed to handle the end-of-test summary', fields: { error } });
}

/** What the script's `handleSummary` returned; `undefined` where it has none, or threw. */
function returnedBy(test: ScriptTest, data: string, { log }: K6Surrounding): unknown {
  if (!test.options.plan.loaded.functions.includes('handleSummary')) return undefined;
  const { files, thrown } = test.handleSummary(data);
  if (thrown !== '') {
    log.add({ level: 'error', message: thrown, fields: { hint: 'script exception' } });
    return undefined;
  }
  if (files === '') return undefined;
  const pairs = JSON.parse(files) as [string, string][] | string;
  if (typeof pairs === 'string') return pairs;
  return Object.fromEntries(pairs.map(([name, content]) => [name, contentOf(content)]));
}

/** A text after `t`, bytes after `b`, and after `x` what may not be there. */
function contentOf(content: string): unknown {
  if (content.startsWith('x')) return content === 'x' ? undefined : (JSON.parse(content.slice(1)) as unknown);
  if (content.startsWith('t')) return content.slice(1);
  return Uint8Array.from(content.slice(1), (character) => character.charCodeAt(0));
}

/** False where the file cannot be written. */
function write({ target, content }: SummaryOutput, { context }: K6Surrounding): boolean {
  const { stdout, stderr } = context.surroundings;
  if (target === 'stdout' || target === 'stderr') {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    (target === 'stdout' ? stdout : stderr).write(text);
    return true;
  }
  try {
    writeFileSync(target, content);
    return true;
  } catch {
    return false;
  }
}
