import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { NS_PER_MS, NS_PER_SECOND } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import { type Endpoint, type Exchange, Failure } from '../../exchange.js';
import { HealthProbes, type ProbeOwner } from '../../proxy/health-probe.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { HaproxyBackend } from './backend.js';
import {
  Health,
  type HealthSettings,
  type Observation,
  type ObserveSettings,
  type Verdict,
} from './health.js';
import { Admin, ServerState } from './server.js';

/** Checks that come less often than this do not spread the others' start (`SRV_CHK_INTER_THRES`). */
const SPREAD_INTERVAL_NS_MIN = NS_PER_SECOND;
/** A slow start goes on in steps of so much: one second, or a twentieth of its seconds in ms, which is always less. */
const WARM_UP_STEP_NS = NS_PER_SECOND;

const CHECK = 0;
const WARM_UP = 1;

/** What is said of one server's checks. */
export interface CheckSettings {
  readonly isChecked: boolean;
  readonly isDisabled: boolean;
  readonly health: HealthSettings;
  readonly observe: ObserveSettings;
  /** For a whole check, ns. */
  readonly timeoutNs: number;
}

/** What the checks of a backend are made of. */
export interface HealthCheckParts {
  readonly simulation: Simulation;
  /** Of the balancer. */
  readonly name: string;
  readonly backend: HaproxyBackend;
  readonly hosts: readonly UpstreamHost[];
  /** By host. */
  readonly settings: readonly CheckSettings[];
  /** `option httpchk`; `undefined`: a connection is enough. */
  readonly endpoint: Endpoint | undefined;
  /** `spread-checks`, percent. */
  readonly spreadPercent: number;
  readonly stream: RandomStream;
}

/** One server's checks: `struct check`. */
interface Check {
  readonly host: number;
  readonly settings: CheckSettings;
  readonly health: Health;
  readonly probes: HealthProbes;
  readonly timer: number;
  readonly warmUpTimer: number;
  inProgress: boolean;
}

/**
 * The health of a backend's servers over time: active checks, what requests show (`observe`), and slow starts. HAProxy 2.6,
 * `check.c`.
 *
 * Limits: no agent checks, no `tcp-check` or `http-check` rules, no tracking of other servers.
 */
export class HealthChecks implements Handler, ProbeOwner {
  private readonly checks: readonly Check[];
  private hasEnded = false;

  constructor(private readonly parts: HealthCheckParts) {
    const { simulation, name, settings, endpoint } = parts;
    this.checks = settings.map((own, host) => {
      const check: Check = {
        host,
        settings: own,
        health: new Health(own.health, own.observe, own.isDisabled),
        probes: new HealthProbes({
          simulation,
          name: `${name}/${parts.hosts[host]!.host.name}`,
          timeoutNs: own.timeoutNs,
          endpoint,
          owner: this,
        }),
        timer: simulation.createTimer(this, CHECK, host),
        warmUpTimer: simulation.createTimer(this, WARM_UP, host),
        inProgress: false,
      };
      return check;
    });
  }

  /** The first checks, spread over the shortest interval: the i-th of n at i/n of it. */
  start(): void {
    const checked = this.checks.filter((check) => check.settings.isChecked);
    const intervals = checked
      .map((check) => this.intervalNs(check))
      .filter((interval) => interval >= SPREAD_INTERVAL_NS_MIN);
    const shortestNs = intervals.length === 0 ? 0 : Math.min(...intervals);
    for (const [index, check] of checked.entries()) {
      const spanMs = Math.max(shortestNs, this.intervalNs(check)) / NS_PER_MS;
      const offsetNs = Math.floor((spanMs * index) / checked.length) * NS_PER_MS;
      this.parts.simulation.armTimer(check.timer, this.parts.simulation.nowNs + offsetNs);
    }
  }

  /** Another process has taken over. */
  end(): void {
    this.hasEnded = true;
    for (const check of this.checks) {
      this.parts.simulation.releaseTimer(check.timer);
      this.parts.simulation.releaseTimer(check.warmUpTimer);
    }
  }

  handle(kind: number, payload: unknown): void {
    const check = this.checks[payload as number]!;
    if (kind === CHECK) this.beginCheck(check);
    else if (this.parts.backend.warmUp(check.host, this.nowNs)) this.planWarmUp(check);
  }

  probed(target: unknown, probe: Exchange): void {
    if (this.hasEnded) return;
    const check = this.checks[target as number]!;
    const { endpoint } = this.parts;
    const isOk = endpoint === undefined ? probe.failure === Failure.none : isPassed(probe.status);
    check.inProgress = false;
    if (!this.isPaused(check)) this.apply(check, isOk ? check.health.pass() : check.health.fail());
    this.planCheck(check);
  }

  /** A request to a server has shown something. */
  observe(host: number, observation: Observation): void {
    const check = this.checks[host]!;
    const verdict = check.settings.isChecked ? check.health.see(observation) : undefined;
    if (verdict === undefined) return;
    this.apply(check, verdict);
    this.hurry(check);
  }

  /** `set server state`. */
  setAdmin(host: number, admin: number): void {
    const check = this.checks[host]!;
    const wasPaused = this.isPaused(check);
    this.parts.backend.setAdmin(host, admin, this.nowNs);
    const isPaused = this.isPaused(check);
    if (isPaused && !wasPaused) check.health.pause();
    if (!isPaused && wasPaused) {
      check.health.resume();
      const server = this.parts.backend.table.servers[host]!;
      if (server.isWarming) this.planWarmUp(check);
    }
  }

  /** `set server health`. */
  setHealth(host: number, isUp: boolean): void {
    const check = this.checks[host]!;
    check.health.set(isUp);
    this.apply(check, isUp ? 'up' : 'down');
  }

  private get nowNs(): number {
    return this.parts.simulation.nowNs;
  }

  private beginCheck(check: Check): void {
    if (this.isPaused(check)) {
      this.parts.simulation.armTimer(check.timer, this.nowNs + check.settings.health.interNs);
      return;
    }
    check.inProgress = true;
    check.probes.send(this.parts.hosts[check.host]!.host.link, check.host);
  }

  private apply(check: Check, verdict: Verdict): void {
    if (verdict === 'down') this.parts.backend.setDown(check.host, this.nowNs);
    if (verdict === 'up' && this.parts.backend.setUp(check.host, this.nowNs)) this.planWarmUp(check);
  }

  private planCheck(check: Check): void {
    const intervalNs = this.intervalNs(check);
    const spreadNs = (intervalNs * this.parts.spreadPercent) / 100;
    const drawnNs = spreadNs === 0 ? 0 : spreadNs - 2 * spreadNs * this.parts.stream.next();
    this.parts.simulation.armTimer(check.timer, this.nowNs + Math.max(0, Math.round(intervalNs + drawnNs)));
  }

  /** With `fastinter`, the next check comes so soon at the latest. */
  private hurry(check: Check): void {
    const { fastinterNs } = check.settings.health;
    if (fastinterNs === undefined || check.inProgress) return;
    const dueNs = this.nowNs + fastinterNs;
    const { simulation } = this.parts;
    if (dueNs < simulation.timerTime(check.timer)) simulation.armTimer(check.timer, dueNs);
  }

  private planWarmUp(check: Check): void {
    this.parts.simulation.armTimer(check.warmUpTimer, this.nowNs + WARM_UP_STEP_NS);
  }

  private intervalNs(check: Check): number {
    const server = this.parts.backend.table.servers[check.host]!;
    return check.health.intervalNs(server.next.state === ServerState.stopped);
  }

  private isPaused(check: Check): boolean {
    return (this.parts.backend.table.servers[check.host]!.current.admin & Admin.maint) !== 0;
  }
}

/** 2xx and 3xx. */
function isPassed(status: number): boolean {
  return status >= 200 && status < 400;
}
