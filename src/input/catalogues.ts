/** Where the keys of components come from: the plugs and fields that other rooms own, by the names this room uses. */
import { iterationField as createIterationField } from '../model/iteration.js';

export { failures } from '../model/failures/index.js';
export type { IterationSpec } from '../model/iteration.js';
export { products } from '../model/products/index.js';
export { servers } from '../model/servers/index.js';
export { stepField } from '../model/step-field.js';
export type { WorkloadPlug } from '../model/workload.js';
export { workloads } from '../model/workloads/index.js';

/** What a virtual user does in one iteration. */
export const iterationField = createIterationField();
