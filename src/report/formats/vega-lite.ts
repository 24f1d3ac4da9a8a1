import { record } from '../../options/fields.js';
import { canonicalJson } from '../canonical.js';
import { chosenCharts, type FormatPlug } from '../format.js';

/** Charts as data, to be changed in the Vega editor or a notebook. */
export const vegaLite: FormatPlug = {
  name: 'vega-lite',
  summary:
    'one vega-lite specification per chart, data included: for the Vega editor, notebooks and own pages',
  source: 'vega-lite 6',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format vega-lite',
  extension: 'vl.json',
  render: async (result, options) =>
    chosenCharts(options).flatMap((chart) => {
      const spec = chart.spec(result);
      return spec === undefined ? [] : [{ name: `${chart.name}.vl.json`, content: canonicalJson(spec) }];
    }),
};
