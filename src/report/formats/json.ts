import type { MetricValues, RunResult, VariantResult } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import { canonicalJson } from '../canonical.js';
import type { FormatPlug } from '../format.js';

/** What `sim run --json` prints. */
export const json: FormatPlug = {
  name: 'json',
  summary:
    'one object with the metrics, intervals, thresholds and instances of every variant: what `--json` prints',
  source: "k6's --summary-export (names and units); RFC 8259",
  options: record({}),
  example: 'sim run experiment.yaml --json',
  extension: 'json',
  render: async (result) => [{ name: 'summary.json', content: summaryJson(result) }],
};

/** The object of `--json`: milliseconds and rates per second; the same bytes for the same result, no clock in it. */
export function summaryJson(result: RunResult): string {
  const { experiment, version, inputs } = result;
  return canonicalJson({
    experiment,
    version,
    seed: /^(0|[1-9]\d{0,14})$/.test(result.seed) ? Number(result.seed) : result.seed,
    inputs,
    variants: result.variants.map(variantObject),
  });
}

function variantObject(variant: VariantResult) {
  const { fingerprint, replications, intervals } = variant;
  return {
    variant: variant.variant,
    fingerprint,
    replications,
    metrics: mapValues(variant.metrics, withoutTrendCount),
    intervals,
    thresholds: mapValues(variant.thresholds, (own) => mapValues(own, ({ ok }) => ({ ok }))),
    instances: variant.instances.map((instance) => ({
      name: instance.name,
      requests: instance.requests,
      share: instance.share,
      errors: instance.errors,
      'p(95)': instance['p(95)'],
      cpu: instance.cpu,
      throttled: instance.throttled,
    })),
  };
}

/** k6's summary export has no count of a trend. */
function withoutTrendCount(values: MetricValues): MetricValues {
  if (!('avg' in values)) return values;
  const { count: _, ...rest } = values;
  return rest;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
