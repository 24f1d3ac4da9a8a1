import type { VariantResult } from '../../metrics/result.js';
import type { ChartPlug } from '../chart.js';
import { type Line, rowsOfPanels } from './over-time.js';
import { framed, panelSubtitle, shownVariants } from './style.js';

/** Gauges of the instances and what the legend calls them; sums over all instances. */
const SERVER_GAUGES: readonly (readonly [name: string, label: string])[] = [
  ['in_flight', 'in flight'],
  ['threads_busy', 'threads busy'],
  ['threads_queue', 'waiting for a thread'],
  ['backlog', 'in the listen backlog'],
];

/** Gauges of pools and databases. */
const POOL_GAUGES: readonly (readonly [name: string, label: string])[] = [
  ['pool_in_use', 'pool connections in use'],
  ['pool_waiting', 'waiting for a connection'],
  ['connections', 'database connections'],
  ['queries_active', 'queries running'],
];

/** Where requests stand: in threads, queues, pools and the database. */
export const queues: ChartPlug = {
  name: 'queues',
  rank: 60,
  title: 'Threads, queues and pools over time',
  summary:
    'requests in the instances and their queues, connections in use and waited for; sums over all instances',
  spec: (result) => {
    const variants = shownVariants(result);
    const composition = rowsOfPanels(variants, [
      { axisTitle: 'requests', lines: variants.map((variant) => sums(variant, SERVER_GAUGES)) },
      { axisTitle: 'connections', lines: variants.map((variant) => sums(variant, POOL_GAUGES)) },
    ]);
    const subtitle = `${panelSubtitle(result)} Sums over all instances.`;
    return composition && framed('Threads, queues and pools over time', subtitle, composition);
  },
};

/** Sums over all places with the gauge: of the instances only, where the balancer has its own view of the same (`in_flight`). */
function sums(variant: VariantResult, names: readonly (readonly [string, string])[]): Line[] {
  const { gauges, vus } = variant.series;
  const instances = new Set(variant.instances.map((instance) => instance.name));
  return names.flatMap(([name, label]) => {
    const all = gauges.filter((gauge) => gauge.name === name);
    const own = all.filter((gauge) => instances.has(gauge.place));
    const rows = own.length > 0 ? own : all;
    if (rows.length === 0) return [];
    const values = vus.map((_, index) => rows.reduce((sum, row) => sum + (row.values[index] ?? 0), 0));
    return [{ name: label, values }];
  });
}
