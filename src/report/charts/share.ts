import type { ChartPlug } from '../chart.js';
import { panelTitle } from './label.js';
import { BLUE, framed, INK, panelGrid, panelSubtitle, rounded, shownVariants } from './style.js';

/** More bars than this per variant cannot be labelled. */
const INSTANCES_MAX = 16;

/** How the requests were spread over the instances. */
export const share: ChartPlug = {
  name: 'share',
  rank: 70,
  title: 'Requests per instance',
  summary:
    'the share of its service’s requests that each instance served: is the balancer fair, by its weights?',
  spec: (result) => {
    const variants = shownVariants(result).filter((variant) => variant.instances.length > 0);
    if (variants.length === 0) return undefined;
    const { columns, width } = panelGrid(variants.length);
    const panels = variants.map((variant) => {
      const instances = variant.instances.slice(0, INSTANCES_MAX);
      const values = instances.map(({ name, share, requests }) => ({
        instance: name,
        share: rounded(share),
        label: `${(share * 100).toFixed(1)} % (${Math.round(requests)})`,
      }));
      const y = { field: 'instance', type: 'nominal', sort: null, axis: { title: null, ticks: false } };
      const x = {
        field: 'share',
        type: 'quantitative',
        scale: { domain: [0, 1.5], nice: false },
        axis: { title: 'share of requests', format: '.0%', values: [0, 0.25, 0.5, 0.75, 1] },
      };
      return {
        title: panelTitle(variant.label, width),
        width,
        height: { step: 28 },
        data: { values },
        encoding: { y, x },
        layer: [
          { mark: { type: 'bar', color: BLUE, height: { band: 0.7 } } },
          {
            mark: { type: 'text', align: 'left', dx: 5, color: INK, fontSize: 10 },
            encoding: { text: { field: 'label', type: 'nominal' } },
          },
        ],
      };
    });
    return framed('Requests per instance', panelSubtitle(result), { concat: panels, columns });
  },
};
