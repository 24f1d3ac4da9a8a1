/** A metric as a threshold names it: `http_req_duration`, or `http_req_duration{name:/x,status:200}`. */
export interface MetricSelector {
  /** The text as it was written. */
  readonly name: string;
  /** The metric in front of the brace. */
  readonly base: string;
  /** All of these must hold; empty for the metric itself. */
  readonly conditions: readonly TagCondition[];
}

/** A tag and the value it must have. */
export interface TagCondition {
  readonly tag: string;
  readonly value: string;
}

/**
 * Splits a metric's name into the metric and its tag conditions, by k6's rules (metrics/metric.go, ParseMetricName):
 * pairs separated by commas, a pair by its first colon, blanks and quotes around each stripped (`{group:::checkout}`).
 *
 * @throws RangeError where the braces or a pair are malformed, in k6's words.
 */
export function parseSelector(name: string): MetricSelector {
  const open = name.indexOf('{');
  if (open === -1 && !name.endsWith('}')) return { name, base: name.trim(), conditions: [] };
  if (open <= 0 || !name.endsWith('}')) {
    throw new RangeError(`metric "${name}" has malformed braces (expected metric{tag:value})`);
  }
  const inside = name.slice(open + 1, -1);
  if (inside.trim() === '') throw new RangeError(`sub-metric criteria for metric "${name}" cannot be empty`);
  const conditions = inside.split(',').map((pair) => parseCondition(name, pair));
  return { name, base: name.slice(0, open).trim(), conditions };
}

function parseCondition(name: string, pair: string): TagCondition {
  const colon = pair.indexOf(':');
  if (colon === -1) return { tag: strip(pair), value: '' };
  const tag = strip(pair.slice(0, colon));
  if (tag === '') throw new RangeError(`a tag name is missing in "${name}" (expected metric{tag:value})`);
  return { tag, value: strip(pair.slice(colon + 1)) };
}

function strip(text: string): string {
  return text
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
}

/** True if all conditions hold among these tags. */
export function tagsMatch(
  tags: Readonly<Record<string, string>>,
  conditions: readonly TagCondition[],
): boolean {
  for (const { tag, value } of conditions) if (tags[tag] !== value) return false;
  return true;
}
