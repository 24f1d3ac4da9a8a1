import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../../kernel/timeouts.js';
import { purposeOf } from '../../random/stream.js';
import { type Caller, type Endpoint, Exchange, Failure } from '../exchange.js';
import type { Link } from '../network.js';

/** Who asked for a probe. */
export interface ProbeOwner {
  /**
   * A probe is over.
   * @param target what {@link HealthProbes.send} was given.
   * @param probe its `failure`, and its `status` (0 where only a connection was asked for).
   */
  probed(target: unknown, probe: Exchange): void;
  /** A probe that only connects has arrived at the server. */
  reached?(target: unknown): void;
}

/** What probes are made of. */
export interface HealthProbeParts {
  readonly simulation: Simulation;
  /** Of the place that probes, for the keys of its requests. */
  readonly name: string;
  /** The whole time a probe may take, ns. */
  readonly timeoutNs: number;
  /** The request to send; `undefined`: a connection is opened and closed, nothing else. */
  readonly endpoint: Endpoint | undefined;
  readonly owner: ProbeOwner;
}

/** What an HTTP-less probe shows as its endpoint. */
const CONNECT: Endpoint = { index: -1, method: 'CONNECT', path: '', name: '', headers: {}, requestBytes: 0 };

/** Sends active health checks, each over a connection of its own. They cost an instance what its route for them says. */
export class HealthProbes implements Caller, Handler {
  private readonly timeouts: TimeoutList;
  private readonly keyHigh: number;
  private sent = 0;

  constructor(private readonly parts: HealthProbeParts) {
    this.timeouts = new TimeoutList(parts.simulation, parts.timeoutNs, this, 0);
    this.keyHigh = purposeOf(`${parts.name}/probe`);
  }

  /** Sends one over `link`; `owner.probed` follows with `target`. */
  send(link: Link, target: unknown): void {
    const endpoint = this.parts.endpoint ?? CONNECT;
    const probe = new Exchange(this, link, endpoint, this.keyHigh, this.sent, undefined, 'unix:');
    this.sent += 1;
    probe.connectsOnly = this.parts.endpoint === undefined;
    probe.closesConnection = true;
    probe.context = target;
    this.timeouts.add(probe);
    link.request(probe);
  }

  settle(probe: Exchange): void {
    cancelTimeout(probe);
    this.parts.owner.probed(probe.context, probe);
  }

  reached(probe: Exchange): void {
    this.parts.owner.reached?.(probe.context);
  }

  /** A probe takes too long. */
  handle(_kind: number, payload: unknown): void {
    const probe = payload as Exchange;
    const isConnected = probe.sentNs <= this.parts.simulation.nowNs;
    probe.giveUp(isConnected ? Failure.timeout : Failure.connectTimeout);
    this.parts.owner.probed(probe.context, probe);
  }
}
