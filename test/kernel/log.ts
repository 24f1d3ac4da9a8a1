import type { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';

/** A handler that writes down when it was called with what: `10 a`, `10 b`, ... */
export class Log implements Handler {
  readonly lines: string[] = [];

  constructor(private readonly simulation: Simulation) {}

  handle(_kind: number, payload: unknown): void {
    this.lines.push(`${this.simulation.nowNs} ${String(payload)}`);
  }
}

/** A handler made of a function, for tests only. */
export function handlerOf(act: (kind: number, payload: unknown) => void): Handler {
  return { handle: act };
}
