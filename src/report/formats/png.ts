import { record } from '../../options/fields.js';
import { chosenCharts, type FormatPlug, type RenderedFile } from '../format.js';
import { renderSvg, svgToPng } from '../render.js';

/** Pictures for slides and chats. */
export const png: FormatPlug = {
  name: 'png',
  summary: 'one picture per chart, two pixels per point',
  source: 'drawn by vega 6 and resvg, with the shipped font DejaVu Sans',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format png',
  extension: 'png',
  render: async (result, options) => {
    const files: RenderedFile[] = [];
    for (const chart of chosenCharts(options)) {
      const spec = chart.spec(result);
      if (spec === undefined) continue;
      files.push({ name: `${chart.name}.png`, content: await svgToPng(await renderSvg(spec)) });
    }
    return files;
  },
};
