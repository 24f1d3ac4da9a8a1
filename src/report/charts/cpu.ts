import type { VariantResult } from '../../metrics/result.js';
import type { ChartPlug } from '../chart.js';
import { LINES_MAX, type Line, rowsOfPanels } from './over-time.js';
import { framed, panelSubtitle, shownVariants } from './style.js';

/** CPU of every place, and how much of the time its quota froze it. */
export const cpu: ChartPlug = {
  name: 'cpu',
  rank: 50,
  title: 'CPU and throttling over time',
  summary:
    'CPU seconds per second of hosts, balancer and instances, and the fraction of time that quotas froze them',
  spec: (result) => {
    const variants = shownVariants(result);
    const composition = rowsOfPanels(variants, [
      { axisTitle: 'cores in use', lines: variants.map(cpuLines) },
      { axisTitle: 'time frozen', format: '.0%', lines: variants.map(throttledLines) },
    ]);
    const subtitle = `${panelSubtitle(result)} Above: CPU seconds per second; below: frozen by the CPU quota.`;
    return composition && framed('CPU and throttling over time', subtitle, composition);
  },
};

/** Instances first, in the colours that they have among the throttled too; hosts last, and never left out. */
function cpuLines({ series, instances }: VariantResult): Line[] {
  const hosts = series.gauges.filter((gauge) => gauge.name === 'cpu_busy_seconds');
  const places = series.gauges.filter((gauge) => gauge.name === 'cpu_seconds');
  const names = new Set(instances.map((instance) => instance.name));
  const own = places.filter((gauge) => names.has(gauge.place));
  const others = places.filter((gauge) => !names.has(gauge.place));
  return [
    ...[...own, ...others]
      .slice(0, LINES_MAX - hosts.length)
      .map(({ place, values }) => ({ name: place, values })),
    ...hosts.map(({ place, values }) => ({ name: `host ${place}`, values })),
  ];
}

function throttledLines({ series }: VariantResult): Line[] {
  return series.gauges
    .filter((gauge) => gauge.name === 'throttled_seconds' && gauge.values.some((value) => value > 0))
    .map(({ place, values }) => ({ name: place, values }));
}
