import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import { Catalogue } from '../options/plug.js';
import type { Distribution } from '../random/distribution.js';
import { KeyedStream, type RandomSource } from '../random/stream.js';
import type { HttpClient } from './client.js';
import type { ClientManners } from './client-manners.js';
import { K6_USER_AGENT } from './endpoint.js';
import type { IterationSpec } from './iteration.js';
import { compileIteration, type IterationContext } from './iteration-program.js';
import type { NetpollTimers } from './netpoll-timers.js';
import { type Behaviour, VirtualUser } from './virtual-user.js';
import type { VirtualUserContext } from './virtual-user-context.js';
import { type PoolSize, VirtualUserPool } from './virtual-user-pool.js';
import type { CommonOptions, Executor, WorkloadPlug } from './workload.js';
import { workloads } from './workloads/index.js';

const RING = 0;
const APPLY = 1;

/** Executors by name: k6's, and other load generators. */
export const executors = new Catalogue<WorkloadPlug>('executor', workloads as readonly WorkloadPlug[]);

/** One of k6's scenarios. */
export interface Scenario {
  readonly name: string;
  /** Name of the executor's plug. */
  readonly executor: string;
  /** Its checked options. */
  readonly options: unknown;
  readonly behaviour: Behaviour;
}

/** A scenario as a file has it, checked. */
export interface ScenarioPlan {
  readonly name: string;
  readonly executor: string;
  readonly options: unknown;
  /** Of the steps; without meaning where the executor brings its own requests. */
  readonly iteration: IterationSpec;
}

/**
 * Makes what the scenario's users do, as its load generator's client does it.
 * @param context its `head` is k6's unless the file says otherwise; another generator puts its own name into it.
 */
export function compileScenario(plan: ScenarioPlan, context: IterationContext): Scenario {
  const { name, executor, options, iteration } = plan;
  const plug = executors.get(executor);
  const manners = plug.manners?.(options);
  const own = manners === undefined ? context : withManners(context, manners);
  const behaviour = plug.behaviour?.(options, own) ?? compileIteration(iteration, own);
  return { name, executor, options, behaviour };
}

function withManners(context: IterationContext, manners: ClientManners): IterationContext {
  const { host, userAgent } = context.head;
  const isNamed = userAgent !== K6_USER_AGENT;
  const head = { host, userAgent: isNamed ? userAgent : manners.userAgent, lines: manners.headLines };
  return { ...context, head, manners };
}

/** What {@link LoadGenerator} needs: the scenarios, and the world that they act in. */
export interface LoadGeneratorOptions {
  readonly simulation: Simulation;
  /** Streams are named `scenario/<name>/...`. */
  readonly source: RandomSource;
  readonly sink: MetricsSink;
  readonly client: HttpClient;
  readonly scenarios: readonly Scenario[];
  /** Addresses of the virtual users, in turn by their id; `127.0.0.1` if absent or empty. */
  readonly addresses?: readonly string[] | undefined;
  /** k6's `minIterationDuration`; 0 if absent. */
  readonly minIterationDurationNs?: number | undefined;
  /** How much later than asked a sleep of a virtual user ends, in ns; not at all if absent. */
  readonly sleepOvershoot?: Distribution | undefined;
  /** What sleeps hang on; absent: they end when they should. */
  readonly timers?: NetpollTimers | undefined;
  /** Called when the last scenario has ended: the test is over. */
  readonly onFinished?: (() => void) | undefined;
}

/**
 * k6's scheduler: runs all scenarios over one pool of virtual users (internal/execution/scheduler.go).
 *
 * At one instant, things happen in this order: what the system under test and the virtual users do (answers, wake-ups), then
 * plan steps that end virtual users, then those that start some; each by scenario (start time, then name), then by slot. The
 * plans of all scenarios hang on one alarm, which when it rings goes once more to the end of the queue of its instant. What is
 * only then scheduled for the same instant comes later.
 */
export class LoadGenerator implements Handler {
  /** When the last scenario ended: k6's end of the test, by which rates are divided. `NEVER` before. */
  endNs: number = NEVER;

  /** When each scenario ended, by name; absent while it goes on. */
  readonly scenarioEndNs = new Map<string, number>();
  /** All virtual users so far, by id. */
  readonly users: VirtualUser[] = [];

  private readonly context: VirtualUserContext;
  private readonly scenarios: readonly Scenario[];
  private readonly pool: VirtualUserPool;
  private executors: readonly Executor[] = [];
  private readonly timer: number;
  private runningCount: number;

  constructor(private readonly options: LoadGeneratorOptions) {
    const { simulation } = options;
    this.scenarios = [...options.scenarios].sort(byStartThenName);
    this.context = {
      simulation,
      sink: options.sink,
      client: options.client,
      keys: new KeyedStream(),
      minIterationDurationNs: options.minIterationDurationNs ?? 0,
      sleepOvershoot: options.sleepOvershoot,
      timers: options.timers,
    };
    this.pool = new VirtualUserPool(poolSize(this.scenarios), (id) => this.createUser(id));
    this.timer = simulation.createTimer(this, RING);
    this.runningCount = this.scenarios.length;
  }

  /** k6's `vus`: virtual users that run an iteration (or, in looping executors, exist in their scenario). */
  get vus(): number {
    return this.pool.activeCount;
  }

  /** k6's `vus_max`: virtual users that are initialised. */
  get vusMax(): number {
    return this.pool.initialisedCount;
  }

  get finished(): boolean {
    return this.endNs !== NEVER;
  }

  /** Registers the gauges `vus` and `vus_max`, and starts all scenarios: now is their time 0. */
  start(): void {
    this.registerGauges();
    this.startScenarios();
  }

  /** Registers the gauges `vus` and `vus_max`. */
  registerGauges(): void {
    const { sink } = this.options;
    sink.gauge({ place: 'client', name: 'vus', cumulative: false, read: () => this.vus });
    sink.gauge({ place: 'client', name: 'vus_max', cumulative: false, read: () => this.vusMax });
  }

  /** Starts all scenarios: now is their time 0. */
  startScenarios(): void {
    this.executors = this.scenarios.map((scenario) => this.createExecutor(scenario));
    this.arm();
  }

  /** Ends the test at once, as a threshold with `abortOnFail` does: what is under way counts nowhere. */
  abort(): void {
    if (!this.finished) this.end();
  }

  /** Ends the test at once, and interrupts every iteration: k6's way where a script is told of it. */
  interrupt(): void {
    if (this.finished) return;
    for (const vu of this.users) vu.interrupt();
    this.end();
  }

  /** A virtual user beside those of the scenarios, with id 0: for what a script does before and after them. */
  transientUser(sink: MetricsSink): VirtualUser {
    return new VirtualUser({ ...this.context, sink, minIterationDurationNs: 0 }, 0, this.addressOf(1));
  }

  handle(kind: number): void {
    if (kind === RING) {
      this.options.simulation.after(0, this, APPLY);
      return;
    }
    const { nowNs } = this.options.simulation;
    while (this.nextNs() <= nowNs) {
      for (const executor of this.executors) if (executor.nextNs <= nowNs) executor.stopDue();
      for (const executor of this.executors) if (executor.nextNs <= nowNs) executor.startDue();
    }
    this.arm();
  }

  private createExecutor(scenario: Scenario): Executor {
    const { simulation, source, sink } = this.options;
    const options = scenario.options as CommonOptions;
    return executors.get(scenario.executor).create(scenario.options, {
      scenario: scenario.name,
      startNs: simulation.nowNs + options.startTime,
      simulation,
      source: source.fork(`scenario/${scenario.name}`),
      sink,
      pool: this.pool,
      behaviour: scenario.behaviour,
      finished: () => this.scenarioFinished(scenario.name),
    });
  }

  private createUser(id: number): VirtualUser {
    const user = new VirtualUser(this.context, id, this.addressOf(id));
    this.users.push(user);
    return user;
  }

  private addressOf(id: number): string {
    const addresses = this.options.addresses ?? [];
    return addresses.length === 0 ? '127.0.0.1' : addresses[(id - 1) % addresses.length]!;
  }

  private scenarioFinished(name: string): void {
    this.scenarioEndNs.set(name, this.options.simulation.nowNs);
    this.runningCount -= 1;
    if (this.runningCount === 0) this.end();
  }

  private end(): void {
    this.endNs = this.options.simulation.nowNs;
    this.options.simulation.disarmTimer(this.timer);
    this.options.onFinished?.();
  }

  private arm(): void {
    this.options.simulation.armTimer(this.timer, this.nextNs());
  }

  private nextNs(): number {
    let nextNs = NEVER;
    for (const executor of this.executors) if (executor.nextNs < nextNs) nextNs = executor.nextNs;
    return nextNs;
  }
}

function byStartThenName(a: Scenario, b: Scenario): number {
  const difference = (a.options as CommonOptions).startTime - (b.options as CommonOptions).startTime;
  if (difference !== 0) return difference;
  return a.name < b.name ? -1 : 1;
}

/**
 * How many virtual users the scenarios need together: the largest sum of their reservations over time (lib/executors.go,
 * GetFullExecutionRequirements). Scenarios that cannot overlap share theirs.
 */
export function poolSize(scenarios: readonly Pick<Scenario, 'executor' | 'options'>[]): PoolSize {
  const changes: { atNs: number; planned: number; unplanned: number }[] = [];
  for (const { executor, options } of scenarios) {
    let last = { plannedVus: 0, unplannedVusMax: 0 };
    for (const step of executors.get(executor).requirements(options)) {
      changes.push({
        atNs: (options as CommonOptions).startTime + step.atNs,
        planned: step.plannedVus - last.plannedVus,
        unplanned: step.unplannedVusMax - last.unplannedVusMax,
      });
      last = step;
    }
  }
  changes.sort((a, b) => a.atNs - b.atNs);
  let planned = 0;
  let possible = 0;
  let plannedVus = 0;
  let possibleVus = 0;
  for (const [index, change] of changes.entries()) {
    planned += change.planned;
    possible += change.planned + change.unplanned;
    if (changes[index + 1]?.atNs === change.atNs) continue;
    plannedVus = Math.max(plannedVus, planned);
    possibleVus = Math.max(possibleVus, possible);
  }
  return { plannedVus, unplannedVusMax: possibleVus - plannedVus };
}
