import type { MeasuredRun, MeasuredSamples } from '../input/measured.js';
import type { ComparedDistribution } from '../metrics/comparison.js';
import type { DetailRecord } from '../metrics/detail.js';
import { Histogram } from '../metrics/histogram.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { SparseHistogram } from '../metrics/result.js';
import { distributionDistance, histogramOf, mergedHistogram } from './distribution-distance.js';

/** A part of the requests, by the name that each side has for it. */
interface Part {
  readonly kind: ComparedDistribution['kind'];
  readonly name: string;
  readonly predicted: SparseHistogram;
  /** Of the takes that tell it. */
  readonly measured: readonly SparseHistogram[];
}

/**
 * The distributions of latencies side by side: of all requests, then by route and by instance where both sides tell them, sorted by
 * name. A measured route is known by its path, without scheme and host.
 */
export function compareDistributions(
  takes: readonly MeasuredRun[],
  records: readonly ReplicationRecord[],
): ComparedDistribution[] {
  const samples = takes.flatMap((take) => take.samples ?? []);
  if (samples.length === 0 || records.length === 0) return [];
  const all: Part = {
    kind: 'all',
    name: 'all requests',
    predicted: mergedHistogram(
      records.flatMap((record) => {
        const duration = record.metrics.http_req_duration;
        return duration?.type === 'trend' ? [duration.values] : [];
      }),
    ),
    measured: samples.map(({ durationMs }) => histogramOf(durationMs)),
  };
  const parts = [all, ...partsOf('route', samples, records), ...partsOf('instance', samples, records)];
  return parts
    .filter(({ predicted, measured }) => predicted.count > 0 && measured.some(({ count }) => count > 0))
    .map((part) => distributionOf(part, records.length));
}

function partsOf(
  kind: 'route' | 'instance',
  samples: readonly MeasuredSamples[],
  records: readonly ReplicationRecord[],
): Part[] {
  const measured = samples.flatMap((take) => histogramsBy(take, kind) ?? []);
  if (measured.length === 0) return [];
  const detailOf = ({ routes, servedBy }: DetailRecord) => (kind === 'route' ? routes : servedBy);
  const predicted = new Map<string, SparseHistogram[]>();
  for (const { detail } of records) {
    for (const [written, histogram] of Object.entries(detail === undefined ? {} : detailOf(detail))) {
      const name = partName(kind, written);
      predicted.set(name, [...(predicted.get(name) ?? []), histogram]);
    }
  }
  const names = [...predicted.keys()].sort();
  return names.flatMap((name, index) => {
    const real = measured.flatMap((take) => take.get(measuredName(take, names, index)) ?? []);
    if (real.length === 0) return [];
    return [{ kind, name, predicted: mergedHistogram(predicted.get(name)!), measured: real }];
  });
}

function histogramsBy(
  samples: MeasuredSamples,
  kind: 'route' | 'instance',
): ReadonlyMap<string, SparseHistogram> | undefined {
  const column = kind === 'route' ? samples.route : samples.instance;
  if (column === undefined) return undefined;
  const values = new Map<string, number[]>();
  samples.durationMs.forEach((durationMs, index) => {
    const written = column.names[column.codes[index]!];
    if (written === undefined || written === '' || Number.isNaN(durationMs)) return;
    const name = partName(kind, written);
    const list = values.get(name) ?? [];
    values.set(name, list);
    list.push(durationMs);
  });
  return new Map([...values].map(([name, list]) => [name, histogramOf(list)]));
}

/** Instances that a log knows by their addresses, which are as many as the model's, are taken in the order of these. */
function measuredName(take: ReadonlyMap<string, unknown>, names: readonly string[], index: number): string {
  const own = [...take.keys()].sort();
  const isByAddress = own.length === names.length && own.every((name) => /:\d+$/.test(name));
  return (isByAddress ? own[index] : names[index]) ?? '';
}

/** `/api/produits` for `http://127.0.0.1:8081/api/produits`, `GET /api/produits` and itself. */
function partName(kind: 'route' | 'instance', written: string): string {
  if (kind === 'instance') return written;
  return written.replace(/^[A-Z]+ /, '').replace(/^[a-z]+:\/\/[^/]+/, '') || '/';
}

function distributionOf(
  { kind, name, predicted, measured }: Part,
  replications: number,
): ComparedDistribution {
  const filled = measured.filter(({ count }) => count > 0);
  const distances = filled.map((take) => distributionDistance(predicted, take));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const between = filled.flatMap((take, index) =>
    filled.slice(index + 1).map((other) => distributionDistance(take, other)),
  );
  const quantile = (probability: number) => (side: SparseHistogram) =>
    Histogram.fromSparse(side).quantile(probability);
  const beside = (probability: number) => ({
    measured: mean(filled.map(quantile(probability))),
    predicted: quantile(probability)(predicted),
  });
  return {
    kind,
    name,
    requests: { measured: mean(filled.map(({ count }) => count)), predicted: predicted.count / replications },
    med: beside(0.5),
    p95: beside(0.95),
    ks: mean(distances.map(({ ks }) => ks)),
    qq: mean(distances.map(({ qq }) => qq)),
    ...(between.length > 0 && {
      takesKs: Math.max(...between.map(({ ks }) => ks)),
      takesQq: Math.max(...between.map(({ qq }) => qq)),
    }),
  };
}
