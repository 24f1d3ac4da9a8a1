import { count, either, list, record } from '../options/fields.js';

/** A range of HTTP statuses, both ends included, as `http.expectedStatuses({ min: 200, max: 299 })` of k6 has it. */
export interface StatusRange {
  readonly min: number;
  readonly max: number;
}

/** k6's default of what is expected: 200 to 399. */
export const EXPECTED_BY_DEFAULT: readonly StatusRange[] = [{ min: 200, max: 399 }];

const STATUS_MAX = 999;

/** `200`, `[200, 404]` or `{ min: 200, max: 299 }`, or a list of such. */
export function statusesField() {
  const one = either([status(), record({ min: status(), max: status() })]);
  return either([one, list(one).min(1)])
    .transform((value): StatusRange[] => (Array.isArray(value) ? value : [value]).map(toRange))
    .meta({ examples: [200, [200, 404], { min: 200, max: 299 }] });
}

function status() {
  return count({ min: 100, max: STATUS_MAX });
}

function toRange(value: number | StatusRange): StatusRange {
  return typeof value === 'number' ? { min: value, max: value } : value;
}

/** 1 at the statuses of the ranges, 0 elsewhere; indexed by status, 0 (no answer) included. */
export function statusSet(ranges: readonly StatusRange[]): Uint8Array {
  const set = new Uint8Array(STATUS_MAX + 1);
  for (const { min, max } of ranges) set.fill(1, min, max + 1);
  return set;
}
