import { labelOf, type MeasuredRun, type MeasuredSettings } from './measured.js';
import type { SampleTable } from './sample-table.js';

/** What a file of single requests tells of its run's time: the earliest start and the last end, Unix µs. */
export interface SampledTimes {
  readonly firstUs: number;
  readonly lastUs: number;
}

/** A run of which a file of single requests tells nothing but these; its format adds what else it knows. */
export function sampledRun(
  source: { readonly file: string; readonly format: string },
  table: SampleTable,
  { firstUs, lastUs }: SampledTimes,
  settings: MeasuredSettings,
): Omit<MeasuredRun, 'ignored'> {
  const startUs = settings.startMs === undefined ? firstUs : settings.startMs * 1000;
  const durationSeconds = Math.max(0, lastUs - startUs) / 1e6;
  return {
    source: source.file,
    format: source.format,
    label: settings.label ?? labelOf(source.file),
    startMs: startUs / 1000,
    durationSeconds,
    samples: table.takeSamples(startUs),
    metrics: {
      http_reqs: { count: table.count, rate: durationSeconds > 0 ? table.count / durationSeconds : 0 },
    },
    vus: [],
    series: [],
  };
}
