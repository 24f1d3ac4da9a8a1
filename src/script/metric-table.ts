import { BUILTIN_METRICS } from '../metrics/builtin.js';
import type { MetricType } from '../metrics/record.js';

/** A metric that a script has made. */
export interface ScriptMetric {
  readonly name: string;
  readonly type: MetricType;
  /** True: its values are times in ms. */
  readonly isTime: boolean;
}

/** k6's rule, with the lengths that it really has (metrics/registry.go). */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/;

/** The metrics that a script makes in its init code: the same for all virtual users. */
export class MetricTable {
  private readonly byName = new Map<string, ScriptMetric>();

  /** In the order of their making. */
  get all(): readonly ScriptMetric[] {
    return [...this.byName.values()];
  }

  /** Makes a metric known; a text says, in k6's words, why it may not be. */
  define(name: string, type: string, isTime: boolean): string {
    if (!NAME.test(name) || name === '__proto__') {
      return `Invalid metric name: '${name}'. Metric names must only include up to 128 ASCII letters, numbers, or underscores and start with a letter or an underscore.`;
    }
    const known = this.byName.get(name) ?? builtin(name);
    if (known === undefined) {
      this.byName.set(name, { name, type: type as MetricType, isTime });
      return '';
    }
    if (known.type !== type) {
      return `metric '${name}' already exists but with type ${known.type}, instead of ${type}`;
    }
    if (known.isTime !== isTime) {
      const contains = (time: boolean) => (time ? 'time' : 'default');
      return `metric '${name}' already exists but with a value type ${contains(known.isTime)}, instead of ${contains(isTime)}`;
    }
    return '';
  }
}

function builtin(name: string): ScriptMetric | undefined {
  const types = BUILTIN_METRICS as Readonly<Record<string, MetricType>>;
  if (!Object.hasOwn(types, name)) return undefined;
  return { name, type: types[name]!, isTime: types[name] === 'trend' };
}
