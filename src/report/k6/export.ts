import type { K6Group, K6Metric, K6Summary } from '../../metrics/k6-summary.js';

/**
 * The file of `--summary-export`: `handleSummary`'s data in the shape that k6 had before (k6 v1.8.1, internal/js/summary-wrapper.js).
 * A threshold is true there where it was crossed; groups and checks are mappings by name. Indented by four blanks, without a
 * newline at the end. The order of keys, which a real k6 leaves to chance, is that of the data.
 */
export function summaryExport(data: K6Summary): string {
  const { root_group, metrics, setup_data } = data;
  const flat = Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => [name, flatMetric(metric)]),
  );
  return JSON.stringify({ root_group: flatGroup(root_group), metrics: flat, setup_data }, null, 4);
}

function flatMetric({ type, values, thresholds }: K6Metric): Record<string, unknown> {
  const crossed = Object.entries(thresholds ?? {}).map(([source, { ok }]) => [source, !ok] as const);
  const { rate, ...others } = values;
  return {
    ...(type === 'rate' ? others : values),
    ...(crossed.length === 0 ? {} : { thresholds: Object.fromEntries(crossed) }),
    ...(type === 'rate' ? { value: rate } : {}),
  };
}

function flatGroup({ name, path, id, groups, checks }: K6Group): Record<string, unknown> {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((group) => [group.name, flatGroup(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}
