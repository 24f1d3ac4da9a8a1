import { extendRecord, type Field, lazy, list } from '../options/fields.js';
import { type PlugChoice, plugByKey } from '../options/plug-field.js';
import { steps } from './steps/index.js';

/** One step of a handler, whichever kind it is of: `{ cpu: 3ms }`, `{ query: db, time: 8ms }`. */
export function stepField(): Field<PlugChoice> {
  return plugByKey(completeSteps, 'step');
}

/** The plugs, with the lists of further steps that some of them hold added to their options. */
function completeSteps() {
  return steps.map((plug) => {
    if (plug.nested === undefined) return plug;
    const lists = plug.nested.map((key) => [
      key,
      list(lazy(stepField)).default([]).describe('further steps'),
    ]);
    return { name: plug.name, options: extendRecord(plug.options, Object.fromEntries(lists)) };
  });
}
