/** Where the keys of components come from: the plugs and fields that other rooms own, by the names this room uses. */
import { type AnyField, anything, type Field, record } from '../options/fields.js';

export { products } from '../model/products/index.js';
export { workloads } from '../model/workloads/index.js';

/** A plug as a file sees it. */
export interface NamedOptions {
  readonly name: string;
  readonly options: AnyField;
}

export const iterationField: Field<unknown> = anything();
export const clientField: Field<unknown> = record({});
