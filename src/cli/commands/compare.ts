import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { compareRuns, type StageWindow } from '../../experiment/compare.js';
import type { LoadedExperiment, Variant } from '../../input/experiment.js';
import type { MeasuredRun } from '../../input/measured.js';
import { readMeasured } from '../../input/read-measured.js';
import type { Comparison } from '../../metrics/comparison.js';
import type { RunResult, VariantResult } from '../../metrics/result.js';
import { canonicalJson } from '../../report/canonical.js';
import { comparisonSpec } from '../../report/charts/comparison.js';
import { bucketTable, comparisonTable, scoreboardTable, stageTable } from '../../report/comparison-table.js';
import type { RenderedFile } from '../../report/format.js';
import { renderSvg } from '../../report/render.js';
import { consoleTable, markdownTable } from '../../report/table.js';
import type { CommandContext } from '../context.js';
import { execute } from '../execute.js';
import { ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { addLoadOptions, type LoadOptions, loadWithOptions } from '../load-options.js';
import { writeFiles } from '../results.js';

interface CompareCommandOptions extends LoadOptions {
  readonly out?: string;
  readonly json?: true;
  readonly plots: boolean;
}

/** `sim compare FILE...` */
export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .description('hold a prediction against the real runs that the experiment names under `measured`')
    .argument('<file...>', 'experiment files')
    .option('-o, --out <directory>', 'where files go (default: results/NAME)')
    .option('--json', 'print one JSON object instead of text')
    .option('--no-plots', 'draw no charts');
  addLoadOptions(command).action(async (files: string[], options: CompareCommandOptions) => {
    const experiments = files.map((file) => withMeasurements(file, loadWithOptions(file, options)));
    const all: Comparison[] = [];
    for (const loaded of experiments) {
      const { result, isInterrupted } = await execute(loaded, context, {
        progress: options.json ? 'hidden' : 'shown',
        replayCommand: `sim compare ${loaded.file}`,
      });
      const comparisons = await compareAll(loaded, result);
      all.push(...comparisons);
      const directory = options.out ?? path.join('results', loaded.name);
      writeFiles(directory, await filesOf(comparisons, options));
      if (!options.json) for (const comparison of comparisons) print(comparison, context);
      if (isInterrupted) {
        context.exitWith(ExitCode.interrupted);
        return;
      }
    }
    if (options.json) context.console.out(canonicalJson({ comparisons: all }).trimEnd());
    else if (all.length > 1) context.console.out(consoleTable(scoreboardTable(all), context.console.style));
  });
}

/** Only the variants that were measured. */
function withMeasurements(file: string, loaded: LoadedExperiment): LoadedExperiment {
  const variants = loaded.variants.filter(({ experiment }) => experiment.measured.length > 0);
  if (variants.length === 0) {
    throw new UsageError(`${file} names no measurement to compare with`, 'add one under `measured:`');
  }
  return { ...loaded, variants };
}

async function compareAll(loaded: LoadedExperiment, result: RunResult): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const prediction of result.variants) {
    const variant = loaded.variants.find(({ label }) => label === prediction.label)!;
    comparisons.push(await compareVariant(loaded, variant, prediction));
  }
  return comparisons;
}

async function compareVariant(
  loaded: LoadedExperiment,
  variant: Variant,
  prediction: VariantResult,
): Promise<Comparison> {
  const runs: MeasuredRun[] = [];
  for (const { file, label } of variant.experiment.measured) {
    runs.push(await readMeasured(file, createReadStream(file), label === undefined ? {} : { label }));
  }
  const title = loaded.variants.length === 1 ? loaded.name : `${loaded.name}: ${variant.label}`;
  return compareRuns(prediction, runs, { title, stages: stagesOf(variant) });
}

/** The stages of a ramp, where there is only one scenario and it has some. */
function stagesOf({ experiment }: Variant): StageWindow[] {
  const [scenario, second] = experiment.scenarios;
  if (scenario === undefined || second !== undefined) return [];
  const { stages = [], startTime = 0 } = scenario.options as {
    readonly stages?: readonly { readonly duration: number; readonly target: number }[];
    readonly startTime?: number;
  };
  let startNs = startTime;
  return stages.flatMap(({ duration, target }) => {
    const [startSeconds, endSeconds] = [startNs / 1e9, (startNs + duration) / 1e9];
    startNs += duration;
    if (duration === 0) return [];
    return [{ label: `${startSeconds}-${endSeconds}s to ${target}`, startSeconds, endSeconds }];
  });
}

async function filesOf(
  comparisons: readonly Comparison[],
  { plots }: CompareCommandOptions,
): Promise<RenderedFile[]> {
  const markdown = comparisons.map((comparison) => {
    const tables = [comparisonTable(comparison), stageTable(comparison), bucketTable(comparison)];
    const remarks = (comparison.remarks ?? []).map((remark) => `- ${remark}`).join('\n');
    return [`# ${comparison.title}`, ...tables.map(markdownTable), remarks]
      .filter((part) => part !== '')
      .join('\n\n');
  });
  const files: RenderedFile[] = [
    { name: 'comparison.md', content: `${markdown.join('\n\n')}\n` },
    { name: 'comparison.json', content: canonicalJson({ comparisons }) },
  ];
  if (!plots) return files;
  for (const [index, comparison] of comparisons.entries()) {
    const name = comparisons.length === 1 ? 'comparison.svg' : `comparison-${index + 1}.svg`;
    files.push({ name, content: `${await renderSvg(comparisonSpec(comparison))}\n` });
  }
  return files;
}

function print(comparison: Comparison, { console }: CommandContext): void {
  console.out(console.colours.bold(comparison.title));
  console.out(consoleTable(comparisonTable(comparison), console.style));
  if (comparison.stages.length > 1) console.out(consoleTable(stageTable(comparison), console.style));
  for (const remark of comparison.remarks ?? []) console.out(`  ${remark}`);
}
