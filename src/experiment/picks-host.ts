import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_MS } from '../kernel/time.js';
import { Admission, type Exchange, Failure, type Station } from '../model/exchange.js';

/** Bytes of every answer. */
const ANSWER_BYTES = 1000;

/** Hears of every try: a connection, or a request on one that was kept. */
export type TryWatcher = (host: ToldHost, exchange: Exchange) => void;

/** A host that does as it is told: what stands behind the balancer of a {@link PicksWorld}. */
export class ToldHost implements Station, Handler {
  /** False: nobody listens; connections are refused, and what was asked before is reset when its answer is due. */
  up = true;
  /** SYNs are not answered. */
  silent = false;
  status = 200;
  /** Until the answer, ns; {@link NEVER}: not before {@link answer}. */
  delayNs = NS_PER_MS;
  /** True: it takes requests, and answers none of them until {@link recover}. */
  hangs = false;
  /** Instead of an answer, requests are broken off like this. */
  breaks: Failure = Failure.none;
  /** Requests that are answered only by {@link answer}, whatever `delayNs` says. */
  holds: (exchange: Exchange) => boolean = () => false;
  watcher: TryWatcher | undefined = undefined;
  /** Requests that nothing but {@link answer} ends, in the order they came; whoever reads the list clears it. */
  readonly held: Exchange[] = [];
  /** Keys of the requests it received. */
  readonly seen: number[] = [];
  connections = 0;
  abandoned = 0;

  private readonly open = new Set<Exchange>();
  /** Of these, those whose answer was due while it hung. */
  private stalled: Exchange[] = [];

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
    private readonly index: number,
  ) {}

  listens(): Admission {
    if (this.silent) return Admission.dropped;
    return this.up ? Admission.accepted : Admission.refused;
  }

  connect(exchange: Exchange): Admission {
    this.watcher?.(this, exchange);
    const admission = this.listens();
    if (admission === Admission.accepted) this.connections += 1;
    return admission;
  }

  accept(exchange: Exchange): void {
    this.watcher?.(this, exchange);
    this.seen.push(exchange.keyLow);
    if (!this.up) {
      exchange.breakOff(Failure.reset);
      return;
    }
    this.open.add(exchange);
    if (this.delayNs === NEVER || this.holds(exchange)) this.held.push(exchange);
    else this.simulation.after(this.delayNs, this, 0, exchange);
  }

  abandon(exchange: Exchange): void {
    this.abandoned += 1;
    this.open.delete(exchange);
  }

  /** An answer is due. */
  handle(_kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    if (this.hangs) this.stalled.push(exchange);
    else this.answer(exchange);
  }

  /** Answers a request it has, as it answers now; nothing where it has it no more. */
  answer(exchange: Exchange): void {
    if (!this.open.delete(exchange)) return;
    if (!this.up) {
      exchange.breakOff(Failure.reset);
    } else if (this.breaks !== Failure.none) {
      exchange.breakOff(this.breaks);
    } else {
      exchange.servedBy = this.index;
      exchange.answer(this.status, ANSWER_BYTES);
    }
  }

  /** The process ends: nobody listens, and the requests it has are reset at once. */
  die(): void {
    this.up = false;
    for (const exchange of [...this.open]) this.answer(exchange);
  }

  /** All is well again, but for `delayNs`; what it did not answer while it hung it answers now. */
  recover(): void {
    this.up = true;
    this.silent = false;
    this.hangs = false;
    this.breaks = Failure.none;
    this.status = 200;
    const { stalled } = this;
    this.stalled = [];
    for (const exchange of stalled) this.answer(exchange);
  }
}
