import { type Accumulator, createAccumulator } from './accumulator.js';
import type { MetricType } from './record.js';
import { type MetricSelector, parseSelector } from './selector.js';

/** The sub-metric that k6 always keeps. */
export const EXPECTED_RESPONSE = 'http_req_duration{expected_response:true}';

/** A sub-metric that is recorded. */
export interface Submetric {
  readonly selector: MetricSelector;
  readonly accumulator: Accumulator;
}

/** The sub-metrics of these names; what is always kept, no sub-metric or unknown is left out. */
export function submetricsOf(
  names: readonly string[],
  types: Readonly<Record<string, MetricType>>,
): Submetric[] {
  const submetrics: Submetric[] = [];
  for (const name of new Set(names)) {
    const selector = parseSelector(name);
    const type = types[selector.base];
    // Always kept, or not a sub-metric; an unknown metric was refused with the thresholds.
    if (name === EXPECTED_RESPONSE || selector.conditions.length === 0 || type === undefined) continue;
    submetrics.push({ selector, accumulator: createAccumulator(type) });
  }
  return submetrics;
}
