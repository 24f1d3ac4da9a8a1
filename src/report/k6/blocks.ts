import type { Metrics } from './layout.js';

/** How much of the metrics the text shows. */
export type SummaryMode = 'compact' | 'full';

/** Metrics under one heading. */
export interface Block {
  readonly title: string;
  readonly metrics: Metrics;
}

/** The blocks in k6's order. A metric belongs to the first that has a prefix of its name (internal/output/summary/data.go). */
const BLOCKS: readonly { readonly title: string; readonly prefixes: readonly string[] }[] = [
  {
    title: 'HTTP',
    prefixes: [
      'http_reqs',
      'http_req_failed',
      'http_req_duration',
      'http_req_blocked',
      'http_req_connecting',
      'http_req_tls_handshaking',
      'http_req_sending',
      'http_req_waiting',
      'http_req_receiving',
    ],
  },
  {
    title: 'EXECUTION',
    prefixes: ['vus', 'iterations', 'iteration_duration', 'dropped_iterations'],
  },
  { title: 'NETWORK', prefixes: ['data_sent', 'data_received'] },
  { title: 'BROWSER', prefixes: ['browser_'] },
  { title: 'WEB_VITALS', prefixes: ['browser_web_vital_'] },
  { title: 'GRPC', prefixes: ['grpc_'] },
  { title: 'WEBSOCKET', prefixes: ['ws_'] },
];
const CUSTOM = 'CUSTOM';
const WEB_VITAL = 'browser_web_vital_';

const HIDDEN = ['checks', 'group_duration'];
const HIDDEN_IN_COMPACT = [
  'http_req_blocked',
  'http_req_connecting',
  'http_req_receiving',
  'http_req_sending',
  'http_req_tls_handshaking',
  'http_req_waiting',
];

/** The blocks that have metrics, custom ones first. */
export function blocksOf(metrics: Metrics, mode: SummaryMode): Block[] {
  const hidden = mode === 'compact' ? [...HIDDEN, ...HIDDEN_IN_COMPACT] : HIDDEN;
  const byTitle = new Map<string, Record<string, Metrics[string]>>();
  for (const title of [CUSTOM, ...BLOCKS.map((block) => block.title)]) byTitle.set(title, {});
  for (const [name, metric] of Object.entries(metrics)) {
    if (!startsWithOne(name, hidden)) byTitle.get(titleOf(name))![name] = metric;
  }
  return [...byTitle]
    .filter(([, block]) => Object.keys(block).length > 0)
    .map(([title, block]) => ({ title, metrics: block }));
}

function titleOf(name: string): string {
  if (name.startsWith(WEB_VITAL)) return 'WEB_VITALS';
  return BLOCKS.find(({ prefixes }) => startsWithOne(name, prefixes))?.title ?? CUSTOM;
}

function startsWithOne(name: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}
