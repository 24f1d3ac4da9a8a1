/** Where the keys of components come from: the plugs and fields that other rooms own, by the names this room uses. */
import { type AnyField, anything, type Field, record } from '../options/fields.js';

/** A plug as a file sees it. */
export interface NamedOptions {
  readonly name: string;
  readonly options: AnyField;
}

export { products } from '../model/products/index.js';
export const workloads: readonly NamedOptions[] = [
  { name: 'ramping-vus', options: record({ stages: anything(), gracefulStop: anything().optional() }) },
];
export const iterationField: Field<unknown> = anything();
export const clientField: Field<unknown> = record({});
