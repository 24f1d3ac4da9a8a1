import type { Simulation } from '../../../kernel/loop.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { EnvoyHost } from './host.js';
import type { OutlierDetector } from './outlier-detector.js';
import type { EnvoyRequest } from './request.js';
import { type Reset, Resets } from './retry-rules.js';
import type { EnvoyStats } from './stats.js';

/** Where a try was made. */
export interface Tried {
  readonly chosen: EnvoyHost;
  readonly host: UpstreamHost;
}

/** Where the present try of a request is. */
export function triedOf({ chosen, host }: EnvoyRequest): Tried {
  return { chosen: chosen!, host: host! };
}

/** What the end of a try means for its host, and for the counters. */
export class TryAccount {
  constructor(
    private readonly simulation: Simulation,
    private readonly detector: OutlierDetector | undefined,
    private readonly stats: EnvoyStats,
  ) {}

  /** The request had its connection. */
  connected({ chosen }: Tried): void {
    this.detector?.putConnectSuccess(chosen);
  }

  answered({ chosen, host }: Tried, status: number): void {
    if (status >= 500) host.failureCount += 1;
    this.detector?.putResponse(chosen, status, this.simulation.nowNs);
  }

  failed({ chosen, host }: Tried, status: 503 | 504): void {
    host.failureCount += 1;
    this.detector?.putLocalFailure(chosen, status, this.simulation.nowNs);
  }

  /** A connection, or an answer on it, did not come about. */
  countReset(reset: Reset): void {
    const { stats } = this;
    if (reset.isConnectFailure) stats.upstreamCxConnectFail += 1;
    if (reset === Resets.connectTimeout) stats.upstreamCxConnectTimeout += 1;
    if (reset === Resets.connectionTermination) stats.upstreamRqRxReset += 1;
    if (reset === Resets.perTryTimeout) stats.upstreamRqPerTryTimeout += 1;
  }
}
