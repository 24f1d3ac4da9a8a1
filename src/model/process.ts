import type { Cache } from './cache.js';
import type { Pool } from './pool.js';
import type { Processor } from './processor.js';

/** One operating-system process of a server: what its requests share. Pools and caches are per process, as in SQLAlchemy. */
export interface Process {
  /** A thread of this process (under its interpreter lock, where it has one). */
  readonly cpu: Processor;
  readonly pools: readonly Pool[];
  readonly caches: readonly Cache[];
}
