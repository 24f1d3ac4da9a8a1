import { invariant } from '../kernel/invariant.js';
import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_SECOND } from '../kernel/time.js';
import type { Distribution } from '../random/distribution.js';
import { KeyedStream, purposeOf } from '../random/stream.js';
import { Admission, type Exchange, Failure, type Station } from './exchange.js';

const CONNECT = 0;
const REQUEST = 1;
const RESPONSE = 2;
const ABANDON = 3;

/** Linux's first retransmission of a SYN (RFC 6298, `TCP_TIMEOUT_INIT`); doubles each time. */
const SYN_RETRY_NS = NS_PER_SECOND;
/** `net.ipv4.tcp_syn_retries`, Linux default: 6 retransmissions, the last given up after 127 s in all. */
const SYN_RETRIES_MAX = 6;

/**
 * The way between two places, in both directions. A new connection costs one round trip before the request leaves
 * (TCP's three-way handshake); a full backlog costs whole seconds, because SYNs are sent again after 1, 2, 4, ... s.
 *
 * Limits: no loss, no congestion window: an answer arrives whole.
 */
export class Link implements Handler {
  private readonly stream = new KeyedStream();
  private readonly purpose: number;
  private severed = false;

  /** @param latency one way, in ns. */
  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
    private readonly station: Station,
    private readonly latency: Distribution,
  ) {
    this.purpose = purposeOf(`link/${name}`);
  }

  /** Sends `exchange` to the station, after a handshake where it needs a connection. */
  request(exchange: Exchange): void {
    if (this.severed) return;
    exchange.startedNs = this.simulation.nowNs;
    exchange.sentNs = exchange.needsConnection ? NEVER : exchange.startedNs;
    const latencyNs = this.latencyOf(exchange, REQUEST);
    this.deliver(latencyNs, exchange.needsConnection ? CONNECT : REQUEST, exchange);
  }

  /** The process that calls over it has ended: it sends nothing any more, and no answer is delivered. */
  sever(): void {
    this.severed = true;
  }

  /** Carries the station's answer, or the broken connection, back. */
  respond(exchange: Exchange): void {
    this.deliver(this.latencyOf(exchange, RESPONSE), RESPONSE, exchange);
  }

  /** Carries the caller's FIN to the station. */
  abandon(exchange: Exchange): void {
    this.deliver(this.latencyOf(exchange, ABANDON), ABANDON, exchange);
  }

  handle(kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    if (kind === REQUEST) {
      // The request follows even when its caller has gone: its bytes were sent before the FIN.
      this.station.accept(exchange);
    } else if (kind === RESPONSE) {
      this.settle(exchange);
    } else if (kind === CONNECT) {
      this.connect(exchange);
    } else {
      this.station.abandon(exchange);
    }
  }

  private settle(exchange: Exchange): void {
    if (this.severed) return;
    if (exchange.settled) {
      invariant(exchange.abandoned, 'an exchange was settled twice');
      return;
    }
    exchange.settled = true;
    exchange.endedNs = this.simulation.nowNs;
    exchange.caller.settle(exchange);
  }

  private connect(exchange: Exchange): void {
    if (exchange.abandoned) return;
    const admission = exchange.connectsOnly ? this.station.listens() : this.station.connect(exchange);
    if (admission === Admission.dropped) {
      this.retryConnect(exchange);
      return;
    }
    const latencyNs = this.latencyOf(exchange, CONNECT);
    if (admission === Admission.refused) {
      exchange.failure = Failure.refused;
      exchange.closesConnection = true;
      this.deliver(latencyNs, RESPONSE, exchange);
      return;
    }
    exchange.sentNs = this.simulation.nowNs + latencyNs;
    if (exchange.connectsOnly) {
      exchange.caller.reached?.(exchange);
      this.deliver(latencyNs, RESPONSE, exchange);
      return;
    }
    this.deliver(2 * latencyNs, REQUEST, exchange);
  }

  private retryConnect(exchange: Exchange): void {
    const waitedNs = this.simulation.nowNs - exchange.startedNs;
    // After k retries 2^k - 1 s have passed; the next wait is 2^k s.
    const retries = Math.round(log2(waitedNs / SYN_RETRY_NS + 1));
    if (retries >= SYN_RETRIES_MAX) return; // the caller's own connect timeout ends it
    this.simulation.after(SYN_RETRY_NS * 2 ** retries, this, CONNECT, exchange);
  }

  /** Nothing is scheduled for what happens at the same instant. */
  private deliver(delayNs: number, kind: number, exchange: Exchange): void {
    if (delayNs === 0) this.handle(kind, exchange);
    else this.simulation.after(delayNs, this, kind, exchange);
  }

  private latencyOf(exchange: Exchange, leg: number): number {
    if (this.latency.constant !== undefined) return this.latency.constant;
    const stream = this.stream.rekey(exchange.keyHigh, exchange.keyLow, this.purpose + leg);
    return Math.max(0, Math.round(this.latency.sample(stream)));
  }
}

/** Exact enough on powers of two; only counts retries. */
function log2(value: number): number {
  let result = 0;
  let rest = value;
  while (rest >= 1.5) {
    rest /= 2;
    result += 1;
  }
  return result;
}
