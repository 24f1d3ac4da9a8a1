import { goError } from './errors.js';
import { host } from './host.js';
import { tagsText } from './tags.js';
import { currentVu } from './vu.js';

/** What all four metrics of k6 have in common (internal/js/modules/k6/metrics/metrics.go). */
abstract class Metric {
  readonly name: string;
  readonly #type: string;

  constructor(type: string, name: unknown, isTime: unknown) {
    if (!currentVu().initialising) throw goError('metrics must be declared in the init context');
    this.name = name === undefined ? '' : String(name);
    this.#type = type;
    const problem = host.defineMetric(this.name, type, Boolean(isTime));
    if (problem !== '') throw goError(problem);
  }

  /** True where the value was taken. */
  add(value: unknown, tags?: unknown): boolean {
    if (currentVu().initialising) throw goError('Adding to metrics in the init context is not supported');
    const number = this.#number(value);
    if (number === undefined) {
      const shown = value === undefined ? 'no value was provided' : `'${String(value)}' is an invalid value`;
      host.log('warning', `${shown} for metric '${this.name}', a number or a boolean value is expected`, '');
      return false;
    }
    host.metric(this.name, number, this.#tags(tags));
    return true;
  }

  #tags(tags: unknown): string {
    try {
      return tagsText(tags);
    } catch (error) {
      throw goError(`cannot add tags for the '${this.name}' custom metric: ${(error as Error).message}`);
    }
  }

  #number(value: unknown): number | undefined {
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'boolean' ? Number(value) : Number(value);
    if (Number.isNaN(number)) return undefined;
    return this.#type === 'rate' ? Number(number !== 0) : number;
  }
}

class Counter extends Metric {
  constructor(name: unknown, isTime?: unknown) {
    super('counter', name, isTime);
  }
}

class Gauge extends Metric {
  constructor(name: unknown, isTime?: unknown) {
    super('gauge', name, isTime);
  }
}

class Rate extends Metric {
  constructor(name: unknown, isTime?: unknown) {
    super('rate', name, isTime);
  }
}

class Trend extends Metric {
  constructor(name: unknown, isTime?: unknown) {
    super('trend', name, isTime);
  }
}

/** What `import ... from 'k6/metrics'` gives. */
export const metricsModule: Readonly<Record<string, unknown>> = { Counter, Gauge, Rate, Trend };
