import type { z } from 'zod';
import { anything, duration, type Field } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { RandomStream } from './stream.js';

/** A distribution with its parameters fixed: draws values, and knows its own moments. */
export interface Distribution {
  /** Name of its plug. */
  readonly kind: string;
  /** Expected value, in the unit of the values (ns for durations). May be Infinity. */
  readonly mean: number;
  /** Variance, in that unit squared. May be Infinity. */
  readonly variance: number;
  /** No value is below this. */
  readonly min: number;
  /** No value is above this. May be Infinity; the values themselves are always finite. */
  readonly max: number;
  /** The value itself if it is constant, so that a caller may skip the draw. */
  readonly constant: number | undefined;
  /** One value. Draws from `stream` alone; uses no transcendental function but those of `math.ts`. */
  sample(stream: RandomStream): number;
}

/** What the values of a distribution are: times (whole ns), sizes (bytes) or plain numbers. */
export type ValueUnit = 'duration' | 'bytes' | 'number';

/** The fields from which a distribution's options are made, so that `{ min: 1ms }` and `{ min: 64k }` are one plug. */
export interface ValueFields {
  readonly unit: ValueUnit;
  /** One value, in the unit: a mean, a bound, an offset. */
  value(): Field<number>;
  /** A distribution of values of the same unit, in any written form: a part of a mixture. */
  distribution(): Field<DistributionSpec>;
}

/** A distribution's plug. `create` gets checked options; durations in them are ns, so samples are too. */
export interface DistributionPlug<Options extends z.ZodType = z.ZodType> extends PlugDescription<Options> {
  /** The options over values of a unit; `options` is this for durations. Cross checks between options are part of it. */
  optionsFor(values: ValueFields): Options;
  /** The option that a bare value stands for: `{ exponential: 3ms }` is `{ exponential: { mean: 3ms } }`. */
  readonly shorthand: string;
  /** The units it makes sense for; all of them if absent. */
  readonly units?: readonly ValueUnit[];
  create(options: z.output<Options>, context: DistributionContext): Distribution;
}

/** What a distribution may need besides its options. */
export interface DistributionContext {
  /** Builds a distribution that is part of another (mixture, shifted). */
  create(spec: DistributionSpec): Distribution;
}

/** A distribution as a checked file has it: the plug's name and its checked options. Plain data. */
export interface DistributionSpec {
  readonly kind: string;
  readonly options: unknown;
}

/** Durations, with the parts of a mixture left open: what `options` describes for lists and documentation. */
export const describedValues: ValueFields = {
  unit: 'duration',
  value: () => duration(),
  distribution: () => anything().transform((value) => value as DistributionSpec),
};

/** A plug whose `options` are those for durations. */
export function distributionPlug<Options extends z.ZodType>(
  plug: Omit<DistributionPlug<Options>, 'options'>,
): DistributionPlug<Options> {
  return { ...plug, options: plug.optionsFor(describedValues) };
}
