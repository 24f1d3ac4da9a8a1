import type { Handler } from '../../../kernel/queue.js';
import { NS_PER_SECOND } from '../../../kernel/time.js';
import type { Gauge } from '../../../metrics/sink.js';
import type { RandomStream } from '../../../random/stream.js';
import type { BalancerContext } from '../../balancer.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { Link } from '../../network.js';
import { HealthProbes, type ProbeOwner } from '../../proxy/health-probe.js';
import type { PlainHost } from '../plain/host.js';
import type { PlainSelector } from '../plain/selector.js';

const FIRST_BACKOFF_NS = NS_PER_SECOND;
const BACKOFF_NS_MAX = 32 * NS_PER_SECOND;
/** Waits that are drawn; all after them are the longest. */
const DRAWN_BACKOFFS = 16;

/** A host that could not be connected to. */
interface Retrying {
  readonly selector: PlainSelector;
  readonly host: PlainHost;
  backoffNs: number;
  /** Waits so far. */
  attempts: number;
}

/**
 * Finagle's `FailFastFactory`, one for each dispatcher and host: a failed connection makes the host unavailable (busy) until
 * a connection in the background succeeds. It is tried after 1 s, then after waits drawn below 2, 4, 8, ... times the one
 * before (full jitter), 32 s at most.
 *
 * Limits: a request that reaches an unavailable host (all are) is sent all the same, where Finagle fails it at once.
 */
export class FailFast implements Handler, ProbeOwner {
  /** The way to a host; `undefined` where it is no more. Set before the first failure. */
  linkOf: (host: PlainHost) => Link | undefined = () => undefined;
  private readonly retrying = new Map<PlainHost, Retrying>();
  private readonly probes: HealthProbes;
  private readonly stream: RandomStream;

  /** @param timeoutNs for a connection. */
  constructor(
    private readonly context: BalancerContext,
    timeoutNs: number,
  ) {
    const { simulation, name, source } = context;
    this.stream = source.stream('fail-fast');
    this.probes = new HealthProbes({ simulation, name, timeoutNs, endpoint: undefined, owner: this });
  }

  /** A dispatcher's request has found out whether a host can be connected to. */
  observe(selector: PlainSelector, index: number, connected: boolean): void {
    const host = selector.hostAt(index);
    if (connected) {
      this.revive(host);
    } else if (host.open) {
      host.open = false;
      const retrying = { selector, host, backoffNs: FIRST_BACKOFF_NS, attempts: 0 };
      this.retrying.set(host, retrying);
      this.wait(retrying);
    }
  }

  /** A wait is over. */
  handle(_kind: number, payload: unknown): void {
    const retrying = payload as Retrying;
    if (this.retrying.get(retrying.host) !== retrying) return; // it has been revived meanwhile
    const link = this.linkOf(retrying.host);
    if (link === undefined) this.revive(retrying.host);
    else this.probes.send(link, retrying);
  }

  probed(target: unknown, probe: Exchange): void {
    const retrying = target as Retrying;
    if (this.retrying.get(retrying.host) !== retrying) return;
    if (probe.failure === Failure.none) {
      this.revive(retrying.host);
      return;
    }
    retrying.attempts += 1;
    retrying.backoffNs = this.nextBackoff(retrying);
    this.wait(retrying);
  }

  /** How many hosts are unavailable, over all dispatchers. */
  gauges(): Gauge[] {
    const read = () => this.retrying.size;
    return [{ place: this.context.name, name: 'marked_dead', cumulative: false, read }];
  }

  private wait(retrying: Retrying): void {
    this.context.simulation.after(retrying.backoffNs, this, 0, retrying);
  }

  private revive(host: PlainHost): void {
    host.open = true;
    this.retrying.delete(host);
  }

  /** `Backoff.exponentialJittered(1 s, 32 s).take(16)`, then 32 s for ever. */
  private nextBackoff({ backoffNs, attempts }: Retrying): number {
    const boundNs = backoffNs * 2 ** attempts;
    if (attempts >= DRAWN_BACKOFFS || backoffNs === BACKOFF_NS_MAX || boundNs >= BACKOFF_NS_MAX)
      return BACKOFF_NS_MAX;
    return Math.floor(this.stream.nextDouble() * boundNs);
  }
}
