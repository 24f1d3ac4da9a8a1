import { compareRuns, type StageWindow } from '../experiment/compare.js';
import type { LoadedExperiment, Variant } from '../input/experiment.js';
import { ignoredRemarks, type MeasuredRun, stretchRun } from '../input/measured.js';
import type { Comparison } from '../metrics/comparison.js';
import type { RunResult, VariantResult } from '../metrics/result.js';
import { canonicalJson } from '../report/canonical.js';
import { comparisonSpec } from '../report/charts/comparison.js';
import { bucketTable, comparisonTable, stageTable } from '../report/comparison-table.js';
import type { RenderedFile } from '../report/format.js';
import { renderSvg } from '../report/render.js';
import { consoleTable, markdownTable } from '../report/table.js';
import type { CommandContext } from './context.js';
import { readTake } from './read-take.js';

/** Holds every variant of `result` that was measured against its real runs. Empty where none was. */
export async function compareAll(loaded: LoadedExperiment, result: RunResult): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const prediction of result.variants) {
    const variant = loaded.variants.find(({ label }) => label === prediction.label)!;
    if (variant.experiment.measured.length === 0) continue;
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
  for (const spec of variant.experiment.measured) runs.push(stretchRun(await readTake(spec), spec.stretch));
  const title = loaded.variants.length === 1 ? loaded.name : `${loaded.name}: ${variant.label}`;
  const comparison = compareRuns(prediction, runs, { title, stages: stagesOf(variant) });
  return { ...comparison, remarks: [...(comparison.remarks ?? []), ...runs.flatMap(ignoredRemarks)] };
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

/** The comparisons as Markdown and JSON, and where wanted as charts. */
export async function comparisonFiles(
  comparisons: readonly Comparison[],
  { plots }: { readonly plots: boolean },
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

/** Prints one comparison: in total, per stage, and what to make of it. */
export function printComparison(comparison: Comparison, { console }: CommandContext): void {
  console.out(console.colours.bold(comparison.title));
  console.out(consoleTable(comparisonTable(comparison), console.style));
  if (comparison.stages.length > 1) console.out(consoleTable(stageTable(comparison), console.style));
  for (const remark of comparison.remarks ?? []) console.out(`  ${remark}`);
}
