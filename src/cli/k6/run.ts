import { THRESHOLDS_EVERY_NS } from '../../experiment/replication.js';
import { ScriptTest } from '../../experiment/script-test.js';
import { K6Aggregator } from '../../metrics/k6-aggregator.js';
import { K6Collector } from '../../metrics/k6-collector.js';
import { banner, describeExecution } from '../../report/k6/console.js';
import {
  LEGACY_DEPRECATED,
  NOTHING_COMPLETED,
  thresholdsAborted,
  thresholdsCrossed,
} from '../../report/k6/log.js';
import { planOf } from '../../script/execution-plan.js';
import { exitCodeOf, K6_EXIT_CODES, K6Error, type K6ExitCode } from '../../script/exit-codes.js';
import { IGNORED_VARIABLES } from '../../script/options-env.js';
import { planScript, type ScriptPlan, STARTED_AT_MS } from '../../script/script-plan.js';
import { ScriptStopped } from '../../script/script-run.js';
import type { CommandContext } from '../context.js';
import { nodeScriptHost } from '../script-host.js';
import { scriptLogEntry } from '../script-log.js';
import type { K6Log } from './log.js';
import { PointsFiles } from './points.js';
import { Progress } from './progress.js';
import { type K6Request, modelOf, oneScript } from './request.js';
import { writeSummary } from './summary.js';

/** Events between two looks at the clock and the keyboard: some 10 ms. */
const PIECE_EVENTS = 20_000;
/** How long the simulation may go on before it looks at the keyboard, ms. */
const RESPONSE_MS = 50;

/** What a run works with. */
export interface K6Surrounding {
  readonly context: CommandContext;
  readonly log: K6Log;
}

/** Loads the script of a command line, and puts its options together. @throws K6Error in k6's words. */
export function planOfRequest(request: K6Request, { log }: K6Surrounding): ScriptPlan {
  const { runtime } = request;
  return planScript({
    host: nodeScriptHost,
    name: oneScript(request),
    root: request.root,
    env: runtime.env,
    config: request.config,
    environment: request.environment,
    flags: request.flags,
    noThresholds: runtime.noThresholds,
    log: (entry) => log.add(scriptLogEntry(entry)),
    warn: ({ level, message, fields }) => log.add({ level, message, fields }),
  });
}

/** `sim k6 run`: returns k6's exit code. @throws K6Error where it cannot begin. */
export async function runScript(request: K6Request, surrounding: K6Surrounding): Promise<K6ExitCode> {
  const { runtime } = request;
  const { log, context } = surrounding;
  if (runtime.summaryMode === 'legacy') log.add(LEGACY_DEPRECATED);
  const plan = planOfRequest(request, surrounding);
  for (const variable of IGNORED_VARIABLES) {
    if (request.environment[variable] === undefined) continue;
    log.add({ level: 'warning', message: `${variable} has no effect in a simulated run` });
  }
  const model = modelOf(request, plan.loaded.options);
  const { options, thresholds } = plan.consolidated;
  const { stdout } = context.surroundings;
  if (!runtime.quiet) stdout.write(beginning(request, plan, stdout.isTTY === true && !runtime.noColor));
  const expectedResponse = options.systemTags!.includes('expected_response');
  const aggregator = new K6Aggregator({
    metrics: plan.loaded.metrics,
    thresholds,
    mode: runtime.summaryMode === 'full' ? 'full' : 'compact',
    expectedResponse,
  });
  const points = new PointsFiles(request, plan, STARTED_AT_MS, stdout);
  const mayAbort = Object.values(thresholds).some((list) => list.some(({ abortOnFail }) => abortOnFail));
  let collector: K6Collector | undefined;
  const test: ScriptTest = new ScriptTest({
    plan,
    model,
    seed: request.seed,
    realm: nodeScriptHost.createRealm(),
    startedAtMs: STARTED_AT_MS,
    createSink: (simulation) => {
      collector = new K6Collector({
        consumers: [aggregator, ...points.consumers],
        nowNs: () => simulation.nowNs,
        tags: options.tags,
        systemTags: options.systemTags,
        scenarioTags: tagsOf(plan),
      });
      return collector;
    },
    log: (entry) => log.add(scriptLogEntry(entry, options.scenarios[entry.scenario]?.executor)),
    onSecond: (nowNs) => {
      collector!.tick(nowNs);
      if (!mayAbort || nowNs % THRESHOLDS_EVERY_NS !== 0) return;
      const { crossed, abort } = aggregator.evaluate(nowNs, 'skip');
      if (!abort) return;
      const { message } = thresholdsAborted(crossed);
      test.interrupt({ exitCode: K6_EXIT_CODES.thresholdsHaveFailed, message });
    },
  });
  log.nowNs = () => test.simulation.nowNs;
  const progress = new Progress(test, request, context.surroundings);
  start(test);
  await advance(test, progress, context);
  points.close();
  const endNs = test.simulation.nowNs;
  const { crossed } = aggregator.evaluate(endNs, 'count');
  if (test.failure === undefined && test.sink.all.complete === 0) log.add(NOTHING_COMPLETED);
  writeSummary({ request, test, aggregator, endNs, surrounding });
  progress.last();
  const { failure } = test;
  if (failure !== undefined) {
    log.add({
      level: 'error',
      message: failure.message,
      fields: failure.hint === undefined ? {} : { hint: failure.hint },
    });
  } else if (crossed.length > 0) log.add(thresholdsCrossed(crossed));
  return exitCodeOf({ error: failure?.exitCode, thresholdsCrossed: crossed.length > 0 });
}

function start(test: ScriptTest): void {
  try {
    test.start();
  } catch (error) {
    if (!(error instanceof ScriptStopped)) throw error;
    throw new K6Error(error.message, K6_EXIT_CODES.scriptException, { hint: 'script exception' });
  }
}

function tagsOf({ consolidated }: ScriptPlan): Record<string, Readonly<Record<string, string>>> {
  const tags: Record<string, Readonly<Record<string, string>>> = {};
  for (const [name, scenario] of Object.entries(consolidated.options.scenarios)) {
    if (scenario.tags !== undefined) tags[name] = scenario.tags;
  }
  return tags;
}

/** Banner and description. */
function beginning(request: K6Request, plan: ScriptPlan, colors: boolean): string {
  const { vusMax, endNs } = planOf(plan.scenarios);
  const scenarios = plan.scenarios.map(({ name, plug, options }) => ({
    name,
    description: plug.describe(options as never),
  }));
  const outputs = request.outputs.map(({ description }) => description);
  const text = describeExecution({ script: request.script, outputs, scenarios, vusMax, endNs }, { colors });
  return banner({ colors }) + text;
}

/** Runs the test under its progress display. The first Ctrl-C ends it as k6 does, the second ends the program. */
async function advance(
  test: ScriptTest,
  progress: Progress,
  { surroundings }: CommandContext,
): Promise<void> {
  const unregister = surroundings.onInterrupt(() => {
    unregister();
    test.interrupt({
      exitCode: K6_EXIT_CODES.externalAbort,
      message: "test run was aborted because k6 received a 'interrupt' signal",
    });
  });
  let lastPauseMs = performance.now();
  try {
    while (test.runEvents(PIECE_EVENTS)) {
      progress.show();
      if (performance.now() - lastPauseMs < RESPONSE_MS) continue;
      await new Promise((resume) => setImmediate(resume));
      lastPauseMs = performance.now();
    }
  } finally {
    unregister();
  }
}
