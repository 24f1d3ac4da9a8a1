import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import type { RandomSource } from '../random/stream.js';
import type { EndpointTable } from './endpoint.js';
import type { Link } from './network.js';
import { HealthProbes } from './proxy/health-probe.js';

/** The place that Prometheus is, in `network`. */
export const PROMETHEUS_PLACE = 'prometheus';
/** Of its requests nothing is counted, their bytes neither. */
const HEAD = { host: PROMETHEUS_PLACE, userAgent: 'Prometheus' };

/** Keys of a `scrape_configs` entry, in ns. */
export interface ScrapeConfig {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly metrics_path: string;
  /** Names of services, and `balancer`. */
  readonly targets: readonly string[];
}

/** What {@link Scraper} needs of its world. */
export interface ScraperParts {
  readonly simulation: Simulation;
  readonly source: RandomSource;
  readonly endpoints: EndpointTable;
}

/**
 * Prometheus: asks every target for its metrics at an interval of its own, which begins somewhere (`scrape/target.go`, `offset`: a hash
 * of the target, here drawn). Its requests cost what the route for them says, and no report counts them.
 *
 * Limits: Prometheus itself computes nothing.
 */
export class Scraper implements Handler {
  private readonly probes: HealthProbes;

  constructor(
    private readonly config: ScrapeConfig,
    private readonly parts: ScraperParts,
  ) {
    const { simulation, endpoints } = parts;
    const endpoint = endpoints.intern({ method: 'GET', path: config.metrics_path, isUncounted: true }, HEAD);
    const name = PROMETHEUS_PLACE;
    // What a scrape finds is no concern of the model's.
    const owner = { probed: () => {} };
    this.probes = new HealthProbes({ simulation, name, timeoutNs: config.scrape_timeout, endpoint, owner });
  }

  /** Begins to scrape a target. */
  watch(target: string, link: Link): void {
    const { simulation, source } = this.parts;
    const phase = source.stream(`scrape/${target}`).next();
    simulation.after(Math.floor(phase * this.config.scrape_interval), this, 0, link);
  }

  handle(_kind: number, payload: unknown): void {
    const link = payload as Link;
    this.probes.send(link, undefined);
    this.parts.simulation.after(this.config.scrape_interval, this, 0, link);
  }
}
