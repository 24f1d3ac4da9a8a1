import { fail } from '../options/fields.js';
import type { ValueFields } from './distribution.js';
import { normalQuantile } from './math.js';
import type { RandomStream } from './stream.js';

/** 2^-54: half of the smallest step of {@link RandomStream.nextDouble}. */
const HALF_STEP = 5.551115123125783e-17;

/** A value above 0, in the unit of the distribution. */
export function positive(values: ValueFields) {
  return values.value().transform((value, context) => {
    if (!(value > 0)) fail(context, written(values, value), 'a value above 0');
    return value;
  });
}

/** A value as a file would write it, for messages: ns become `1.5ms`. */
export function written(values: ValueFields, value: number): string | number {
  return values.unit === 'duration' ? `${value / 1e6}ms` : value;
}

/** A uniform number on (0, 1): for inverses that are infinite at 0. */
export function positiveUniform(stream: RandomStream): number {
  const uniform = stream.nextDouble();
  return uniform > 0 ? uniform : HALF_STEP;
}

/** A standard normal variable by inversion: one draw, larger draws give larger values. */
export function standardNormal(stream: RandomStream): number {
  return normalQuantile(positiveUniform(stream));
}
