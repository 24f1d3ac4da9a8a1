import {
  cpuPerRequest,
  frontHost,
  frontServices,
  ownSpeed,
  predictedCpuUse,
  speedsOfDay,
  stillHosts,
  takeCpuUse,
} from '../experiment/own-cpu.js';
import { accuracyRows } from '../experiment/rows.js';
import type { MeasuredRun } from '../input/measured.js';
import type { OwnCpuTake } from '../metrics/comparison.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { CommandContext } from './context.js';
import { execute } from './execute.js';
import { type Predictable, type PredictedVariant, predict } from './predicting.js';
import type { Take } from './takes.js';

/** Replications per step of the search: CPU per request hardly depends on chance. */
const SEARCH_REPLICATIONS = 2;

/** How rows are cut and labelled. */
export interface OwnCpuOptions {
  readonly progress: 'shown' | 'hidden';
  readonly scriptLog: 'shown' | 'hidden';
  readonly bucketSeconds: number;
  readonly isCalibrated: (take: MeasuredRun) => boolean;
}

/** Every take whose Prometheus answers tell its CPU per request, predicted at the host speed that gives the same. */
export async function predictOwnCpu(
  predictable: Predictable,
  { variant, records }: PredictedVariant,
  takes: readonly Take[],
  context: CommandContext,
  options: OwnCpuOptions,
): Promise<OwnCpuTake[]> {
  const { model } = variant.experiment;
  const host = frontHost(model);
  const services = frontServices(model);
  const usual = predictedCpuUse(records.central, services);
  if (host === undefined || usual === undefined) return [];
  const only = ofVariant(predictable, variant.label);
  const start = model.hosts[host]!.speed;
  const found: OwnCpuTake[] = [];
  const instances = services.reduce((sum, name) => sum + (model.services[name]?.replicas ?? 0), 0);
  for (const each of takes) {
    const { run } = each;
    const use = takeCpuUse(each, model, instances);
    if (use === undefined) continue;
    const wanted = cpuPerRequest(use);
    const speed = await ownSpeed(wanted, start, async (tried) => {
      const amounts = { ...stillHosts(model), ...speedsOfDay(model, host, tried) };
      const searched = await searchRecords(only, amounts, context, options);
      const predicted = predictedCpuUse(searched, services);
      return predicted && cpuPerRequest(predicted);
    });
    const take = {
      run: run.label,
      cpuMs: { measured: wanted * 1000, predicted: cpuPerRequest(usual) * 1000 },
    };
    if (speed === undefined) {
      found.push({ ...take, speed: null, rows: [] });
      continue;
    }
    const { variants } = await predict(only, context, {
      progress: options.progress,
      scriptLog: options.scriptLog,
      amounts: speedsOfDay(model, host, speed),
    });
    const rows = variants.flatMap(({ records: own }) => accuracyRows([run], own, options));
    found.push({ ...take, speed, rows });
  }
  return found;
}

function ofVariant({ loaded, reload }: Predictable, label: string): Predictable {
  const keep = (whole: typeof loaded) => ({
    ...whole,
    variants: whole.variants.filter((variant) => variant.label === label),
  });
  return { loaded: keep(loaded), reload: (overrides) => keep(reload(overrides)) };
}

async function searchRecords(
  { reload }: Predictable,
  amounts: Readonly<Record<string, number>>,
  context: CommandContext,
  { scriptLog }: OwnCpuOptions,
): Promise<ReplicationRecord[]> {
  const records: ReplicationRecord[] = [];
  const loaded = reload({ amounts, replications: SEARCH_REPLICATIONS });
  await execute(loaded, context, {
    progress: 'hidden',
    scriptLog,
    replayCommand: `sim compare ${loaded.file}`,
    onRecord: (record) => records.push(record),
  });
  return records;
}
