import type { SampleTags } from './sample.js';
import { parseSelector, type TagCondition } from './selector.js';

/** A part of a metric: its samples that have certain tags. */
export interface K6Submetric {
  /** The metric it is a part of. */
  readonly base: string;
  /** As k6 prints it: blanks outside of the conditions are gone. */
  readonly name: string;
  /** What stands between the braces. */
  readonly suffix: string;
  readonly conditions: readonly TagCondition[];
  readonly tags: SampleTags;
}

/** k6's own sub-metric, which exists without any threshold where `systemTags` has `expected_response`. */
export const EXPECTED_RESPONSE = 'http_req_duration{expected_response:true}';

/** Reads `metric{tag:value,...}` (metrics/metric.go, AddSubmetric). */
export function parseSubmetric(text: string): K6Submetric {
  const { base, conditions } = parseSelector(text);
  const suffix = text.slice(text.indexOf('{') + 1, -1).trim();
  const tags = Object.fromEntries(conditions.map(({ tag, value }) => [tag, value]));
  return { base, name: `${base}{${suffix}}`, suffix, conditions, tags };
}

/** k6 compares tags, not texts: `{a:1}` and `{ a:"1" }` are one. */
export function isSameSubmetric(left: K6Submetric, right: K6Submetric): boolean {
  const text = ({ tags }: K6Submetric) => JSON.stringify(Object.entries(tags).sort());
  return left.base === right.base && text(left) === text(right);
}
