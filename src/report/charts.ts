import type { ChartPlug } from './chart.js';
import { cpu } from './charts/cpu.js';
import { distribution } from './charts/distribution.js';
import { latency } from './charts/latency.js';
import { queues } from './charts/queues.js';
import { share } from './charts/share.js';
import { throughput } from './charts/throughput.js';
import { variants } from './charts/variants.js';

/** Every chart of a result, in the order a page shows them. */
export const charts: readonly ChartPlug[] = [variants, latency, throughput, distribution, cpu, queues, share];
