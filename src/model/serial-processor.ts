import type { Handler } from '../kernel/queue.js';
import type { Processor } from './processor.js';

const DONE = 0;
/** Stands in the place of a demand that is asked for when its task starts. */
const ASK = -1;
const COMPACT_AT = 1024;

/** An owner of tasks whose demand depends on when they start. */
export interface LateDemand extends Handler {
  /** CPU time of the task that starts now, ns. Called once. */
  demandNs(kind: number, payload: unknown): number;
}

/**
 * One thread that does one thing after the other: an event loop. Tasks wait in the order they came; each runs on the
 * processor beneath (a thread of a CPU group, or an interpreter lock's).
 */
export class SerialProcessor implements Processor, Handler {
  private readonly demands: number[] = [];
  private readonly handlers: Handler[] = [];
  private readonly kinds: number[] = [];
  private readonly payloads: unknown[] = [];
  private head = 0;
  private busy = false;
  /** True while an owner is being told: what it adds is started by the loop in `handle`. */
  private finishing = false;

  constructor(private readonly processor: Processor) {}

  /** Tasks waiting or running. */
  get length(): number {
    return this.handlers.length - this.head;
  }

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    this.demands.push(demandNs);
    this.handlers.push(handler);
    this.kinds.push(kind);
    this.payloads.push(payload);
    if (!this.busy && !this.finishing) this.handleIdle();
  }

  /** {@link run} with a demand that is asked for when the task starts. */
  runLate(owner: LateDemand, kind: number, payload: unknown): void {
    this.run(ASK, owner, kind, payload);
  }

  /** All tasks vanish: the process died. The processor beneath is cleared by its owner. */
  clear(): void {
    this.demands.length = 0;
    this.handlers.length = 0;
    this.kinds.length = 0;
    this.payloads.length = 0;
    this.head = 0;
    this.busy = false;
    this.finishing = false;
  }

  private handleIdle(): void {
    if (this.firstDemandNs() > 0) this.startFirst();
    else this.handle();
  }

  private firstDemandNs(): number {
    const head = this.head;
    const demandNs = this.demands[head]!;
    if (demandNs !== ASK) return demandNs;
    const asked = (this.handlers[head] as LateDemand).demandNs(this.kinds[head]!, this.payloads[head]);
    this.demands[head] = asked;
    return asked;
  }

  handle(): void {
    this.busy = false;
    this.finishFirst();
    while (!this.busy && this.length > 0) {
      // A task that costs nothing (behind one that did) is done in the loop, not by recursion.
      if (this.firstDemandNs() > 0) this.startFirst();
      else this.finishFirst();
    }
  }

  private startFirst(): void {
    this.busy = true;
    this.processor.run(this.demands[this.head]!, this, DONE, this);
  }

  /** Takes the first task off the list and tells its owner, which may add others. */
  private finishFirst(): void {
    const head = this.head;
    const handler = this.handlers[head]!;
    const kind = this.kinds[head]!;
    const payload = this.payloads[head];
    this.payloads[head] = undefined;
    this.head = head + 1;
    if (this.head >= COMPACT_AT) this.compact();
    this.finishing = true;
    handler.handle(kind, payload);
    this.finishing = false;
  }

  private compact(): void {
    this.demands.splice(0, this.head);
    this.handlers.splice(0, this.head);
    this.kinds.splice(0, this.head);
    this.payloads.splice(0, this.head);
    this.head = 0;
  }
}
