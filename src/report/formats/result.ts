import { record } from '../../options/fields.js';
import { canonicalJson } from '../canonical.js';
import type { FormatPlug } from '../format.js';

/** The whole result, for every later picture, comparison and replay. */
export const result: FormatPlug = {
  name: 'result',
  summary:
    'everything a run leaves behind, series and histograms included: from it every other format can be made again',
  source: 'src/metrics/result.ts',
  options: record({}),
  example: 'sim plot results/n-instances/result.json',
  extension: 'json',
  render: async (value) => [{ name: 'result.json', content: canonicalJson(value) }],
};
