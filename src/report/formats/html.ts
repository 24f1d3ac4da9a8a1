import { record } from '../../options/fields.js';
import { chosenCharts, type FormatPlug } from '../format.js';
import { type PageChart, pageOf } from '../page.js';
import { renderSvg } from '../render.js';

/** The report to pass on: one file that needs nothing else. */
export const html: FormatPlug = {
  name: 'html',
  summary:
    'one page with verdict, tables and all charts: a single file without scripts or network access, light and dark',
  source: 'HTML 5 with inline SVG',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format html',
  extension: 'html',
  render: async (result, options) => {
    const drawn: PageChart[] = [];
    for (const { name, title, summary, spec } of chosenCharts(options)) {
      const chart = spec(result);
      if (chart !== undefined) drawn.push({ name, title, summary, svg: await renderSvg(chart) });
    }
    return [{ name: 'report.html', content: pageOf(result, drawn) }];
  },
};
