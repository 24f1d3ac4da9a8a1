import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { NS_PER_MS } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import { type Endpoint, type Exchange, Failure } from '../../exchange.js';
import type { Link } from '../../network.js';
import { HealthProbes, type ProbeOwner } from '../../proxy/health-probe.js';
import type { HealthChecker } from './health-checker.js';

/** `CHECK_INTERVAL`: the timer that looks whether checks are due. */
const TICK_NS = 100 * NS_PER_MS;
/** `CHECK_JITTER`: at most so much later, for the first time; lua-resty-timer keeps the rhythm from then on. */
const TICK_JITTER_NS = 10 * NS_PER_MS;

/** Which targets an interval is for. */
const MODES = ['healthy', 'unhealthy'] as const;
type Mode = (typeof MODES)[number];

/** What active checks are made of. */
export interface ActiveCheckParts {
  readonly simulation: Simulation;
  /** Of the place that probes. */
  readonly name: string;
  readonly stream: RandomStream;
  readonly checker: HealthChecker;
  /** Between two checks of healthy and of unhealthy targets, ns; 0: none. */
  readonly intervalsNs: Readonly<Record<Mode, number>>;
  readonly timeoutNs: number;
  /** Targets that are probed at the same time. */
  readonly concurrency: number;
  /** What is asked for; `undefined`: only a connection. */
  readonly endpoint: Endpoint | undefined;
  /** The way to a target; `undefined` once it has gone. */
  readonly linkTo: (target: string) => Link | undefined;
}

/** One round of checks: how many of its probes are under way. */
interface Round {
  readonly mode: Mode;
  open: number;
}

/** A list of targets that are probed one after the other. */
interface Package {
  readonly round: Round;
  readonly targets: string[];
}

/**
 * Active health checks of a node (lua-resty-healthcheck 3.1, `checker_callback`): of all workers one sends them. A round is
 * left out where the last one of its kind is still under way.
 *
 * Limits: the worker's loop is never late for them, and they cost Kong no CPU.
 */
export class ActiveChecks implements Handler, ProbeOwner {
  private readonly simulation: Simulation;
  private readonly probes: HealthProbes;
  /** When the timer rang first. */
  private readonly phaseNs: number;
  private readonly lastRunNs: Record<Mode, number> = { healthy: 0, unhealthy: 0 };
  private readonly pending = new Map<Mode, Round>();
  private readonly alarm: number;

  constructor(private readonly parts: ActiveCheckParts) {
    const { simulation, name, timeoutNs, endpoint } = parts;
    this.simulation = simulation;
    this.probes = new HealthProbes({ simulation, name, timeoutNs, endpoint, owner: this });
    this.phaseNs = TICK_NS + Math.floor(parts.stream.next() * TICK_JITTER_NS);
    this.alarm = simulation.createTimer(this, 0);
  }

  /** The intervals begin anew, as whenever the targets change; the first checks come at their ends. */
  start(): void {
    for (const mode of MODES) this.lastRunNs[mode] = this.simulation.nowNs;
    this.arm();
  }

  /** Something is due. */
  handle(): void {
    const nowNs = this.simulation.nowNs;
    for (const mode of MODES) {
      if (this.dueNs(mode) > nowNs) continue;
      this.lastRunNs[mode] = nowNs;
      this.check(mode);
    }
    this.arm();
  }

  probed(target: unknown, probe: Exchange): void {
    const list = target as Package;
    this.report(list.targets.shift()!, probe);
    list.round.open -= 1;
    if (list.round.open === 0) this.pending.delete(list.round.mode);
    this.sendNext(list);
  }

  private arm(): void {
    const dueNs = Math.min(...MODES.map((mode) => this.dueNs(mode)));
    if (dueNs === Number.POSITIVE_INFINITY) return;
    this.simulation.armTimer(this.alarm, dueNs);
  }

  /** The first tick at which an interval has passed. */
  private dueNs(mode: Mode): number {
    const intervalNs = this.parts.intervalsNs[mode];
    if (intervalNs === 0) return Number.POSITIVE_INFINITY;
    const earliestNs = this.lastRunNs[mode] + intervalNs;
    const ticks = Math.max(0, Math.ceil((earliestNs - this.phaseNs) / TICK_NS));
    return this.phaseNs + ticks * TICK_NS;
  }

  /** Deals the targets of that health out to as many lists as may be probed at the same time. */
  private check(mode: Mode): void {
    if (this.pending.has(mode)) return;
    const { checker, concurrency } = this.parts;
    const targets = checker.present().filter((target) => checker.isHealthy(target) === (mode === 'healthy'));
    if (targets.length === 0) return;
    const round: Round = { mode, open: targets.length };
    this.pending.set(mode, round);
    const lists = Array.from({ length: Math.min(concurrency, targets.length) }, (): Package => {
      return { round, targets: [] };
    });
    for (const [index, target] of targets.entries()) lists[index % lists.length]!.targets.push(target);
    for (const list of lists) this.sendNext(list);
  }

  /** Targets that have gone meanwhile are left out. */
  private sendNext(list: Package): void {
    while (list.targets.length > 0) {
      const link = this.parts.linkTo(list.targets[0]!);
      if (link !== undefined) {
        this.probes.send(link, list);
        return;
      }
      list.targets.shift();
      list.round.open -= 1;
      if (list.round.open === 0) this.pending.delete(list.round.mode);
    }
  }

  private report(target: string, probe: Exchange): void {
    const { checker, endpoint } = this.parts;
    if (probe.failure === Failure.timeout || probe.failure === Failure.connectTimeout) {
      checker.reportTimeout('active', target);
    } else if (probe.failure !== Failure.none) {
      checker.reportTcpFailure('active', target);
    } else if (endpoint === undefined) {
      checker.reportSuccess('active', target);
    } else {
      checker.reportHttpStatus('active', target, probe.status);
    }
  }
}
