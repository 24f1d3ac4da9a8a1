import { compareRuns, type StageWindow } from '../experiment/compare.js';
import { largestMiss, type MissContext, peakUtilisation } from '../experiment/largest-miss.js';
import {
  cpuPerRequest,
  cpuTargets,
  frontServices,
  predictedCpuUse,
  takeCpuUse,
} from '../experiment/own-cpu.js';
import { prometheusView } from '../experiment/prometheus-view.js';
import { accuracyRows } from '../experiment/rows.js';
import type { Experiment, LoadedExperiment, Variant } from '../input/experiment.js';
import { ignoredRemarks, type MeasuredRun } from '../input/measured.js';
import type { AccuracyRow } from '../metrics/accuracy.js';
import type { ComparedPrometheus, Comparison, OwnCpuTake } from '../metrics/comparison.js';
import type { RunResult } from '../metrics/result.js';
import { canonicalJson } from '../report/canonical.js';
import { comparisonSpec } from '../report/charts/comparison.js';
import { bucketTable, comparisonTable, stageTable } from '../report/comparison-table.js';
import type { RenderedFile } from '../report/format.js';
import { renderSvg } from '../report/render.js';
import { consoleTable, markdownTable } from '../report/table.js';
import type { CommandContext } from './context.js';
import { predictOwnCpu } from './own-cpu.js';
import { type Predictable, type PredictedVariant, predict } from './predicting.js';
import { readTakes, type Take } from './takes.js';

/** Holds every variant of `result` that was measured against its real runs. Empty where none was. */
export async function compareAll(loaded: LoadedExperiment, result: RunResult): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const prediction of result.variants) {
    const variant = loaded.variants.find(({ label }) => label === prediction.label)!;
    if (variant.experiment.measured.length === 0) continue;
    const takes = await readTakes(variant.experiment.measured);
    comparisons.push(compareVariant({ variant, result: prediction, loaded }, takes));
  }
  return comparisons;
}

/** A variant with its prediction, and the experiment it belongs to. */
interface ComparedVariant extends Pick<PredictedVariant, 'variant' | 'result'> {
  readonly loaded: LoadedExperiment;
  /** Where its replications were kept. */
  readonly records?: PredictedVariant['records'];
  readonly bucketSeconds?: number | undefined;
}

function compareVariant(
  { loaded, variant, result, records, bucketSeconds }: ComparedVariant,
  takes: readonly Take[],
): Comparison {
  const title = loaded.variants.length === 1 ? loaded.name : `${loaded.name}: ${variant.label}`;
  const runs = takes.map(({ run }) => run);
  const comparison = compareRuns(result, runs, {
    title,
    stages: stagesOf(variant),
    ...(records && { records }),
    ...(bucketSeconds !== undefined && { bucketSeconds }),
  });
  return { ...comparison, remarks: [...(comparison.remarks ?? []), ...runs.flatMap(ignoredRemarks)] };
}

/** A comparison with everything that `sim compare` tells beyond it. */
export interface FullComparison {
  readonly comparison: Comparison;
  /** From the calibration alone. */
  readonly rows: readonly AccuracyRow[];
  /** Given each take's own CPU per request; `undefined` where nobody asked. */
  readonly ownCpu: readonly OwnCpuTake[] | undefined;
  /** As Prometheus' graphs show each take; `undefined` where its answers tell no histogram. */
  readonly prometheus: readonly { readonly run: string; readonly view: ComparedPrometheus }[];
  readonly takes: readonly Take[];
  readonly predicted: PredictedVariant;
}

/** How a comparison is made. */
export interface FullOptions {
  readonly progress: 'shown' | 'hidden';
  /** Default: such that there are at most 15 buckets. */
  readonly bucketSeconds?: number | undefined;
  readonly ownCpu?: boolean | undefined;
  /** Address of a Prometheus that is asked in place of its saved answers. */
  readonly prometheus?: string | undefined;
  /** What scripts say. Default: shown. */
  readonly scriptLog?: 'shown' | 'hidden';
}

/** Predicts the measured variants of an experiment, and holds each against its takes. */
export async function compareFully(
  predictable: Predictable,
  context: CommandContext,
  { progress, bucketSeconds, ownCpu, prometheus, scriptLog = 'shown' }: FullOptions,
): Promise<{ readonly comparisons: readonly FullComparison[]; readonly isInterrupted: boolean }> {
  const { loaded } = predictable;
  // Before the prediction: whoever names a wrong address should not wait for it.
  const takesByLabel = new Map<string, readonly Take[]>();
  for (const { label, experiment } of loaded.variants) {
    takesByLabel.set(label, await readTakes(experiment.measured, prometheus));
  }
  const predicted = await predict(predictable, context, { progress, scriptLog, detail: DETAIL });
  const comparisons: FullComparison[] = [];
  for (const each of predicted.variants) {
    const takes = takesByLabel.get(each.variant.label)!;
    const compared = compareVariant({ ...each, loaded, bucketSeconds }, takes);
    const miss = largestMiss(compared, missContext(each, takes));
    const comparison = {
      ...compared,
      remarks: [...(miss === undefined ? [] : [miss]), ...(compared.remarks ?? [])],
    };
    const isCalibrated = (take: MeasuredRun) => wasFitted(each.variant.experiment, loaded.name, take.label);
    const rowOptions = { bucketSeconds: comparison.bucketSeconds, isCalibrated };
    const runs = takes.map(({ run }) => run);
    comparisons.push({
      takes,
      predicted: each,
      comparison,
      rows: accuracyRows(runs, each.records, rowOptions),
      prometheus: prometheusViews(each, takes),
      ownCpu:
        ownCpu === true && !predicted.isInterrupted
          ? await predictOwnCpu(predictable, each, takes, context, { ...rowOptions, progress, scriptLog })
          : undefined,
    });
  }
  return { comparisons, isInterrupted: predicted.isInterrupted };
}

/** prometheus_fastapi_instrumentator 7's default buckets of `http_request_duration_seconds`. */
const DETAIL = { buckets: [0.1, 0.5, 1] };

function missContext({ variant, result, records }: PredictedVariant, takes: readonly Take[]): MissContext {
  const { experiment } = variant;
  const services = frontServices(experiment.model);
  const usual = predictedCpuUse(records.central, services);
  const instances = result.instances.filter(({ service }) => services.includes(service)).length;
  const cpuRatios = takes.flatMap((take) => {
    const use = takeCpuUse(take, experiment.model, instances);
    return use === undefined || usual === undefined ? [] : [cpuPerRequest(use) / cpuPerRequest(usual)];
  });
  return { cpuRatios, utilisation: peakUtilisation(experiment, result) };
}

function prometheusViews(
  { variant, records }: PredictedVariant,
  takes: readonly Take[],
): FullComparison['prometheus'] {
  const services = frontServices(variant.experiment.model);
  const instances = (records.central[0]?.instances ?? [])
    .filter(({ service }) => services.includes(service))
    .map(({ name }) => name);
  return takes.flatMap(({ run, targets }) => {
    const names = { instances, targets: targets ?? cpuTargets(run.series, instances.length) };
    const view = prometheusView(run, records.central, names);
    return view === undefined ? [] : [{ run: run.label, view }];
  });
}

/** True where the model's calibration names the take, its run (the take without its last letter), or the experiment. */
function wasFitted({ model }: Experiment, experiment: string, take: string): boolean {
  const names = [take, take.replace(/-[a-z]$/, ''), experiment, experiment.replace(/^measured-/, '')];
  return (model.calibration?.runs ?? []).some(({ run }) => names.includes(run));
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
