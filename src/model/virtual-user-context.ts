import type { Simulation } from '../kernel/loop.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { Distribution } from '../random/distribution.js';
import type { KeyedStream } from '../random/stream.js';
import type { HttpClient } from './client.js';
import type { NetpollTimers } from './netpoll-timers.js';

/** What all virtual users of a run share. */
export interface VirtualUserContext {
  readonly simulation: Simulation;
  readonly sink: MetricsSink;
  readonly client: HttpClient;
  /** Re-keyed before every use, so that one serves all: it carries nothing from one use to the next. */
  readonly keys: KeyedStream;
  /** k6's `minIterationDuration`: a VU idles for the rest of a shorter iteration. */
  readonly minIterationDurationNs: number;
  /** How much later than asked a sleep ends, in ns; absent: not at all. */
  readonly sleepOvershoot?: Distribution | undefined;
  /** What sleeps hang on; absent: they end when they should. */
  readonly timers?: NetpollTimers | undefined;
}
