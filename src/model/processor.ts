import type { Handler } from '../kernel/queue.js';

/** Something that computes: a thread, a group of threads on a shared host, a serial event loop. */
export interface Processor {
  /**
   * Computes for `demandNs` of CPU time, then calls `handler.handle(kind, payload)`. How long that takes depends on
   * who else computes and on quotas. A demand of 0 on an idle processor completes at once, inside the call.
   */
  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void;
}
