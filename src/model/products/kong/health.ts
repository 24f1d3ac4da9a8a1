import type { Handler } from '../../../kernel/queue.js';
import { NS_PER_MS } from '../../../kernel/time.js';
import type { BalancerContext } from '../../balancer.js';
import type { Link } from '../../network.js';
import { ActiveChecks } from './active-checks.js';
import { HealthChecker } from './health-checker.js';
import type { KongOptions } from './options.js';
import { checksOf } from './settings.js';

/** From a change of health in the shared memory until all workers know it (lua-resty-events, over a Unix socket). [assumed] */
const EVENT_NS = NS_PER_MS;

const UNHEALTHY = 0;
const HEALTHY = 1;

/** What the health of a node is made of. */
export interface NodeHealthParts {
  readonly options: KongOptions;
  readonly context: BalancerContext;
  readonly linkTo: (target: string) => Link | undefined;
  /** All workers are to know that a target is healthy, or not. */
  readonly tell: (target: string, isHealthy: boolean) => void;
}

/** The health of the targets as a Kong node has it: counters, active checks, and the events that tell the workers. */
export class NodeHealth implements Handler {
  readonly checker: HealthChecker;
  private readonly active: ActiveChecks;

  constructor(private readonly parts: NodeHealthParts) {
    const { options, context } = parts;
    const { simulation } = context;
    this.checker = new HealthChecker(checksOf(options), (target, isHealthy) => {
      simulation.after(EVENT_NS, this, isHealthy ? HEALTHY : UNHEALTHY, target);
    });
    const { active } = options.healthchecks;
    this.active = new ActiveChecks({
      simulation,
      name: context.name,
      stream: context.source.stream('health-checks'),
      checker: this.checker,
      intervalsNs: { healthy: active.healthy.interval, unhealthy: active.unhealthy.interval },
      timeoutNs: active.timeout,
      concurrency: active.concurrency,
      endpoint: active.type === 'tcp' ? undefined : probeEndpoint(options, context),
      linkTo: parts.linkTo,
    });
  }

  /** Active checks begin, or begin anew because the targets have changed. */
  start(): void {
    this.active.start();
  }

  /** An event has reached the workers. */
  handle(kind: number, payload: unknown): void {
    this.parts.tell(payload as string, kind === HEALTHY);
  }
}

/** `GET /health` with no headers but `Host` and `Connection` (healthcheck.lua, `probe_http`). */
function probeEndpoint(options: KongOptions, context: BalancerContext) {
  const { http_path: path } = options.healthchecks.active;
  return context.endpoints.intern({ method: 'GET', path }, { host: 'target', userAgent: '' });
}
