/** What one kind of checks (active or passive) makes of results; a limit of 0 turns its counter off. */
export interface CheckLimits {
  readonly healthyStatuses: ReadonlySet<number>;
  readonly unhealthyStatuses: ReadonlySet<number>;
  /** Successes in a row until a target is healthy. */
  readonly successes: number;
  readonly httpFailures: number;
  readonly tcpFailures: number;
  readonly timeouts: number;
}

/** Both kinds. They count in the same counters, each up to its own limits. */
export interface Checks {
  readonly active: CheckLimits;
  readonly passive: CheckLimits;
}
/** Whose result it is. */
export type CheckKind = keyof Checks;

/** `mostly_...`: as `healthy` or `unhealthy` for the balancer, but with counts that may turn it. */
export type InternalHealth = 'healthy' | 'mostly_healthy' | 'mostly_unhealthy' | 'unhealthy';

/** One target's state in the shared memory of the node. */
interface TargetState {
  health: InternalHealth;
  successes: number;
  httpFailures: number;
  tcpFailures: number;
  timeouts: number;
  /** When a removed target is forgotten, ns; `undefined` while it is there. */
  purgeNs: number | undefined;
}
type FailureCounter = 'httpFailures' | 'tcpFailures' | 'timeouts';

/** `CLEAR_HEALTH_STATUS_DELAY` (`balancers.lua`): a target that comes back within it has the health it had. */
const PURGE_DELAY_NS = 10e9;

/**
 * The counters of lua-resty-healthcheck 3.1 (`incr_counter`), shared by all workers of a node. Pure: no clock, no probes.
 *
 * A counter whose limit is 0 is not touched, not even to set others back: without `successes`, failures add up for ever.
 */
export class HealthChecker {
  private readonly targets = new Map<string, TargetState>();

  /** @param changed told when a target has become healthy or unhealthy for the balancer. */
  constructor(
    private readonly checks: Checks,
    private readonly changed: (target: string, isHealthy: boolean) => void,
  ) {}

  /** A target is healthy when it is new. */
  add(target: string, nowNs: number): void {
    const known = this.targets.get(target);
    if (known !== undefined && (known.purgeNs === undefined || known.purgeNs > nowNs)) {
      known.purgeNs = undefined;
      return;
    }
    this.targets.set(target, {
      health: 'healthy',
      successes: 0,
      httpFailures: 0,
      tcpFailures: 0,
      timeouts: 0,
      purgeNs: undefined,
    });
  }

  remove(target: string, nowNs: number): void {
    const state = this.targets.get(target);
    if (state !== undefined) state.purgeNs = nowNs + PURGE_DELAY_NS;
  }

  /** The internal health of a target; unknown ones are healthy, as nobody checks them. */
  stateOf(target: string): InternalHealth {
    return this.targets.get(target)?.health ?? 'healthy';
  }

  /** What the balancer is told. */
  isHealthy(target: string): boolean {
    const state = this.stateOf(target);
    return state === 'healthy' || state === 'mostly_healthy';
  }

  /** Targets that are there, in the order they came. */
  present(): string[] {
    return [...this.targets].filter(([, state]) => state.purgeNs === undefined).map(([target]) => target);
  }

  /** An answer, or the last one of a request; statuses in neither list count for nothing. */
  reportHttpStatus(kind: CheckKind, target: string, status: number): void {
    const limits = this.checks[kind];
    if (limits.healthyStatuses.has(status)) this.succeed(target, limits.successes);
    else if (limits.unhealthyStatuses.has(status)) this.fail(target, 'httpFailures', limits.httpFailures);
  }

  /** A connection that failed: refused, reset or closed. */
  reportTcpFailure(kind: CheckKind, target: string): void {
    this.fail(target, 'tcpFailures', this.checks[kind].tcpFailures);
  }

  reportTimeout(kind: CheckKind, target: string): void {
    this.fail(target, 'timeouts', this.checks[kind].timeouts);
  }

  /** A probe of type `tcp` that connected. */
  reportSuccess(kind: CheckKind, target: string): void {
    this.succeed(target, this.checks[kind].successes);
  }

  /** By hand (Admin API: `PUT .../targets/TARGET/healthy`): at once, and with fresh counters. */
  set(target: string, isHealthy: boolean): void {
    const state = this.targets.get(target);
    if (state === undefined) return;
    state.successes = 0;
    state.httpFailures = 0;
    state.tcpFailures = 0;
    state.timeouts = 0;
    this.turn(target, state, isHealthy ? 'healthy' : 'unhealthy');
  }

  private succeed(target: string, limit: number): void {
    const state = this.targets.get(target);
    if (limit === 0 || state === undefined || state.health === 'healthy') return;
    state.successes += 1;
    state.httpFailures = 0;
    state.tcpFailures = 0;
    state.timeouts = 0;
    if (state.successes >= limit) this.turn(target, state, 'healthy');
    else if (state.health === 'unhealthy') state.health = 'mostly_unhealthy';
  }

  private fail(target: string, counter: FailureCounter, limit: number): void {
    const state = this.targets.get(target);
    if (limit === 0 || state === undefined || state.health === 'unhealthy') return;
    state[counter] += 1;
    state.successes = 0;
    if (state[counter] >= limit) this.turn(target, state, 'unhealthy');
    else if (state.health === 'healthy') state.health = 'mostly_healthy';
  }

  private turn(target: string, state: TargetState, health: 'healthy' | 'unhealthy'): void {
    state.health = health;
    this.changed(target, health === 'healthy');
  }
}
