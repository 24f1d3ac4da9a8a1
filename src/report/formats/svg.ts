import { record } from '../../options/fields.js';
import { chosenCharts, type FormatPlug, type RenderedFile } from '../format.js';
import { renderSvg } from '../render.js';

/** Pictures for documents and the web. */
export const svg: FormatPlug = {
  name: 'svg',
  summary: 'one vector picture per chart',
  source: 'SVG 1.1, drawn by vega 6',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format svg',
  extension: 'svg',
  render: async (result, options) => {
    const files: RenderedFile[] = [];
    for (const chart of chosenCharts(options)) {
      const spec = chart.spec(result);
      if (spec !== undefined)
        files.push({ name: `${chart.name}.svg`, content: `${await renderSvg(spec)}\n` });
    }
    return files;
  },
};
