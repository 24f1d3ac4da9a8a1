import { record } from '../options/fields.js';
import { durationDistribution } from '../random/fields.js';

/** CPU that a framework itself spends on a request, before and after the handler. */
export const overheadField = record({
  request: durationDistribution()
    .default({ kind: 'constant', options: { value: 0 } })
    .describe('before the handler: parsing, routing, middleware'),
  response: durationDistribution()
    .default({ kind: 'constant', options: { value: 0 } })
    .describe('after the handler: serialising, middleware, writing'),
})
  .prefault({})
  .describe('CPU that the framework itself spends on every request; measure it: it is not zero');
