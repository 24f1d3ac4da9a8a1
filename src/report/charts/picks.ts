import type { PicksResult } from '../../metrics/picks.js';
import type { ChartSpec } from '../chart.js';
import { textWidth } from '../text-width.js';
import { framed, GRID, PALETTE, rounded } from './style.js';

/** Hosts that get a colour and a line. */
const HOSTS_MAX = PALETTE.length;
/** Picks that are drawn one by one. */
const PICKS_DRAWN_MAX = 120;
/** Points of a line; more would not be told apart. */
const POINTS_MAX = 300;
const WIDTH = 720;
/** Least space for the labels of an axis; equal in both panels, so that they line up. */
const AXIS_EXTENT_MIN = 48;
/** Size of axis labels, and what stands between them and the axis. */
const LABEL_SIZE = 10;
const LABEL_GAP = 8;

/** The first picks one by one, and below the share of each host so far, beside what its weight is worth. */
export function picksSpec(result: PicksResult): ChartSpec {
  const { product, algorithm, picks, hosts, mode, seed } = result;
  const shown = hosts.slice(0, HOSTS_MAX);
  const names = shown.map(({ name }) => name);
  const colour = {
    field: 'host',
    type: 'nominal',
    sort: names,
    scale: { domain: names, range: PALETTE.slice(0, names.length) },
    legend: { symbolOpacity: 1 },
  };
  const left = hosts.length - shown.length;
  const subtitle = [
    `${picks.length} requests ${mode === 'held' ? 'that stay open' : 'one after another'}, seed ${seed}`,
    'dashed: the part of the host’s weight',
    ...(left > 0 ? [`${left} more hosts are not shown`] : []),
  ].join('; ');
  return framed(`Picks of ${product} ${algorithm}`, subtitle, {
    vconcat: [sequencePanel(result, names, colour), sharePanel(result, names, colour)],
    spacing: 24,
    resolve: { scale: { color: 'shared' } },
  });
}

function sequencePanel({ picks }: PicksResult, names: readonly string[], colour: ChartSpec): ChartSpec {
  const drawn = picks.slice(0, PICKS_DRAWN_MAX);
  const values = drawn.flatMap((host, index) =>
    host !== null && names.includes(host) ? [{ request: index + 1, host }] : [],
  );
  const rest = picks.length - drawn.length;
  return {
    title: rest > 0 ? `the first ${drawn.length} picks` : 'picks',
    width: WIDTH,
    height: { step: 22 },
    data: { values },
    mark: { type: 'point', shape: 'circle', filled: true, size: drawn.length > 60 ? 28 : 60, opacity: 1 },
    encoding: {
      x: axis('request', [0.5, drawn.length + 0.5], { title: null, tickMinStep: 1 }),
      y: {
        field: 'host',
        type: 'nominal',
        sort: names,
        scale: { domain: names },
        axis: { title: null, grid: true, ticks: false, ...extentFor(names) },
      },
      color: colour,
    },
  };
}

function sharePanel(result: PicksResult, names: readonly string[], colour: ChartSpec): ChartSpec {
  const { picks, hosts } = result;
  const shown = hosts.filter(({ name }) => names.includes(name));
  const fair = shown.map(({ name, fair: share }) => ({ host: name, share: rounded(share) }));
  const most = Math.max(0, ...shown.map((host) => Math.max(host.share, host.fair)));
  const y = {
    field: 'share',
    type: 'quantitative',
    scale: { domain: [0, Math.min(1, most * 1.4)], nice: true },
    axis: {
      title: null,
      format: '.0%',
      grid: true,
      tickCount: 5,
      ...extentFor(names),
    },
  };
  const x = axis('request', [1, Math.max(2, picks.length)], { title: 'requests', tickMinStep: 1 });
  return {
    title: 'share of the requests so far',
    width: WIDTH,
    height: 240,
    layer: [
      {
        data: { values: fair },
        mark: { type: 'rule', strokeDash: [5, 4], strokeWidth: 1.2 },
        encoding: { y, color: colour },
      },
      {
        data: { values: sharesSoFar(result, names) },
        mark: { type: 'line', clip: true },
        encoding: { x, y, color: colour },
      },
    ],
  };
}

/** Room for the names of hosts. */
function extentFor(names: readonly string[]): ChartSpec {
  const widest = Math.max(...names.map((name) => textWidth(name, LABEL_SIZE, 'normal')));
  const extent = Math.max(AXIS_EXTENT_MIN, Math.ceil(widest) + LABEL_GAP);
  return { minExtent: extent, maxExtent: extent };
}

function axis(field: string, domain: readonly [number, number], own: ChartSpec): ChartSpec {
  return {
    field,
    type: 'quantitative',
    scale: { domain, nice: false },
    axis: { grid: false, domainColor: GRID, format: ',d', labelFlush: false, tickCount: 10, ...own },
  };
}

/** The share of each host after some of the requests: evenly spread, the last one included. */
function sharesSoFar({ picks }: PicksResult, names: readonly string[]) {
  const counts = new Map(names.map((name) => [name, 0]));
  const every = Math.ceil(picks.length / POINTS_MAX);
  const values: { request: number; host: string; share: number }[] = [];
  for (const [index, pick] of picks.entries()) {
    const count = pick === null ? undefined : counts.get(pick);
    if (pick !== null && count !== undefined) counts.set(pick, count + 1);
    const request = index + 1;
    if (request % every !== 0 && request !== picks.length) continue;
    for (const [host, picked] of counts) values.push({ request, host, share: rounded(picked / request) });
  }
  return values;
}
