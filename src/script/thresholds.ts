import type { MetricInfo } from '../metrics/k6-metrics.js';
import {
  checkMethods,
  type K6Threshold,
  type K6ThresholdDefinition,
  K6ThresholdError,
  parseK6Threshold,
} from '../metrics/k6-threshold.js';

/** Thresholds by metric or sub-metric, parsed. */
export type ParsedThresholds = Readonly<Record<string, readonly K6Threshold[]>>;

/**
 * Checks `options.thresholds` against the metrics that exist (metrics/thresholds.go). The first mistake by the order of the metrics is
 * told; a real k6 leaves the order to chance.
 *
 * @throws K6ThresholdError in k6's words; exit code 104.
 */
export function checkThresholds(
  definitions: Readonly<Record<string, readonly K6ThresholdDefinition[]>>,
  metrics: Readonly<Record<string, MetricInfo>>,
): ParsedThresholds {
  const parsed: Record<string, readonly K6Threshold[]> = {};
  for (const [name, list] of Object.entries(definitions)) {
    const thresholds = list.map(parseK6Threshold);
    const base = baseOf(name);
    const info = Object.hasOwn(metrics, base) ? metrics[base] : undefined;
    if (info === undefined) {
      throw new K6ThresholdError(
        `invalid threshold defined on ${name}; reason: no metric name ${JSON.stringify(name)} found`,
      );
    }
    checkMethods(name, info, thresholds);
    parsed[name] = thresholds;
  }
  return parsed;
}

/** The metric in front of the braces (metrics/metric.go, ParseMetricName). */
function baseOf(name: string): string {
  const open = name.indexOf('{');
  const close = name.lastIndexOf('}');
  if (open < 0 && close < 0) return name;
  if (open < 0 || close < 0) throw malformed(name, 'has unmatched opening/close curly brace');
  if (close < open) throw malformed(name, 'closing curly brace appears before opening one');
  if (close !== name.length - 1) throw malformed(name, 'lacks a closing curly brace in its last position');
  for (const tag of name.slice(open + 1, close).split(',')) {
    const colon = tag.indexOf(':');
    if (colon < 0 || colon === tag.length - 1) throw malformed(tag, 'tag expression is malformed');
  }
  return name.slice(0, open);
}

function malformed(what: string, problem: string): K6ThresholdError {
  const start = 'unable to validate threshold expressions; reason: parsing metric name failed, metric';
  return new K6ThresholdError(`${start} ${JSON.stringify(what)} ${problem}`);
}
