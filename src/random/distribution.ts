import type { z } from 'zod';
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
  /** The value itself if it is constant, so that a caller may skip the draw. */
  readonly constant: number | undefined;
  /** One value. Draws from `stream` alone; uses no transcendental function but those of `math.ts`. */
  sample(stream: RandomStream): number;
}

/** A distribution's plug. `create` gets checked options; durations in them are ns, so samples are too. */
export interface DistributionPlug<Options extends z.ZodType = z.ZodType> extends PlugDescription<Options> {
  create(options: z.output<Options>, context: DistributionContext): Distribution;
}

/** What a distribution may need besides its options. */
export interface DistributionContext {
  /** Builds a distribution that is part of another (mixture, shifted). */
  create(spec: DistributionSpec): Distribution;
}

/** A distribution as a checked file has it: the plug's name and its checked options. */
export interface DistributionSpec {
  readonly kind: string;
  readonly options: unknown;
}
