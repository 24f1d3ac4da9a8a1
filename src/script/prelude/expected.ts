import { goError } from './errors.js';
import { toJson } from './json.js';
import { currentVu } from './vu.js';

/** What `http.expectedStatuses` returns: ranges of statuses, both ends included. */
export class ExpectedStatuses {
  readonly #ranges: readonly (readonly [number, number])[];

  constructor(ranges: readonly (readonly [number, number])[]) {
    this.#ranges = ranges;
  }

  /** As JSON. */
  static text(statuses: ExpectedStatuses): string {
    return toJson(statuses.#ranges);
  }
}

/** k6's `http.expectedStatuses(200, { min: 300, max: 399 })`. */
export function expectedStatuses(...given: unknown[]): ExpectedStatuses {
  if (given.length === 0) throw goError('no arguments');
  const ranges = given.map((value, index): readonly [number, number] => {
    if (typeof value === 'number' && Number.isInteger(value)) return [value, value];
    const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown };
    if (typeof min === 'number' && typeof max === 'number') return [min, max];
    throw goError(
      `argument number ${index + 1} to expectedStatuses was neither an integer nor an object like {min:100, max:329}`,
    );
  });
  return new ExpectedStatuses(ranges);
}

/** k6's `http.setResponseCallback`: for this virtual user, from now on. */
export function setResponseCallback(callback: unknown): void {
  currentVu().expected = expectedText(callback, 'unsupported argument, expected http.expectedStatuses');
}

/** JSON of the ranges; `null` for none at all, empty for k6's default. */
export function expectedText(callback: unknown, mistake: string): string {
  if (callback === null) return 'null';
  if (callback instanceof ExpectedStatuses) return ExpectedStatuses.text(callback);
  throw goError(mistake);
}
