import type { Gauge } from '../../../metrics/sink.js';
import type { BalancerContext } from '../../balancer.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { Link } from '../../network.js';
import { HealthProbes, type ProbeOwner } from '../../proxy/health-probe.js';
import type { PlainHost } from '../plain/host.js';
import type { ProbeAnswer, ProbeReader } from '../plain/method.js';
import type { PlainSelector } from '../plain/selector.js';

/** What a prober is made of besides its place. */
export interface ProberSettings {
  readonly timeoutNs: number;
  /** Route that probes ask for; `undefined`: they cost the servers nothing. */
  readonly path: string | undefined;
  readonly answer: ProbeReader;
}

/** One probe under way. */
interface Target {
  readonly selector: PlainSelector;
  readonly host: PlainHost;
  /** As the server saw itself when the probe arrived. */
  answer: ProbeAnswer | undefined;
}

/**
 * Prequal's probes as messages over the network: each takes its way there and back, and is forgotten after its timeout.
 * Nobody waits for one.
 *
 * Limits: a probe of a route tells the server's state when its answer has come back, not when it left.
 */
export class Prober implements ProbeOwner {
  /** The way to a host; `undefined` where it is no more. Set before the first probe. */
  linkOf: (host: PlainHost) => Link | undefined = () => undefined;
  private readonly probes: HealthProbes;
  private sent = 0;
  private lost = 0;

  constructor(
    private readonly context: BalancerContext,
    private readonly settings: ProberSettings,
  ) {
    const { simulation, name, endpoints } = context;
    const { timeoutNs, path } = settings;
    const endpoint =
      path === undefined
        ? undefined
        : endpoints.intern({ method: 'GET', path }, { host: name, userAgent: 'prequal' });
    this.probes = new HealthProbes({ simulation, name, timeoutNs, endpoint, owner: this });
  }

  /** Sends one; `selector.method.probed` follows unless it is lost. */
  send(selector: PlainSelector, host: PlainHost): void {
    const link = this.linkOf(host);
    if (link === undefined) return;
    this.sent += 1;
    const target: Target = { selector, host, answer: undefined };
    this.probes.send(link, target);
  }

  reached(target: unknown): void {
    const { host } = target as Target;
    (target as Target).answer = this.settings.answer(host.server);
  }

  probed(target: unknown, probe: Exchange): void {
    const { selector, host, answer } = target as Target;
    if (probe.failure !== Failure.none || probe.status >= 400) {
      this.lost += 1;
      return;
    }
    const { inFlight, latencyNs } = answer ?? this.settings.answer(host.server);
    selector.method.probed?.(host, inFlight, latencyNs, this.context.simulation.nowNs);
  }

  /** How many probes were sent, and how many of them had no answer in time. */
  gauges(): Gauge[] {
    const place = this.context.name;
    return [
      { place, name: 'probes_total', cumulative: true, read: () => this.sent },
      { place, name: 'probes_lost_total', cumulative: true, read: () => this.lost },
    ];
  }
}
