import type { EventSpec } from '../input/experiment.js';
import type { Model } from '../input/model-file.js';
import { Simulation } from '../kernel/loop.js';
import { NEVER } from '../kernel/time.js';
import { HttpClient } from '../model/client.js';
import type { ClientOptions } from '../model/client-options.js';
import { EndpointTable, K6_USER_AGENT } from '../model/endpoint.js';
import type { Instance } from '../model/instance.js';
import { LoadGenerator } from '../model/load-generator.js';
import { NetpollTimers } from '../model/netpoll-timers.js';
import { SecondTicker } from '../model/world.js';
import { drawInt32, RandomSource } from '../random/stream.js';
import { LifecycleBehaviour, ScriptBehaviour } from '../script/behaviour.js';
import { blockOf } from '../script/blocked.js';
import { K6_EXIT_CODES, type K6ExitCode } from '../script/exit-codes.js';
import type { Realm } from '../script/realm.js';
import type { ScriptLog } from '../script/run-options.js';
import type { ScriptPlan } from '../script/script-plan.js';
import { ScriptRun, ScriptStopped } from '../script/script-run.js';
import { ScriptFacts } from './script-facts.js';
import { type HookName, ScriptHook } from './script-hook.js';
import { CountingSink, type ScriptTestSink } from './script-sink.js';
import { ScriptTargets } from './script-targets.js';
import { VuShortage } from './vu-shortage.js';
import { addEvents, buildWorld, CLIENT_PLACE, clientCpu, maybeCreate, startScrapes } from './world.js';

/** What a {@link ScriptTest} is made of. */
export interface ScriptTestOptions {
  readonly plan: ScriptPlan;
  readonly model: Model;
  readonly events?: readonly EventSpec[];
  /** What k6 has no option for; the script's own options win. */
  readonly client?: ClientOptions | undefined;
  readonly seed: string;
  readonly realm: Realm;
  /** Made once the clock is there. */
  readonly createSink: (simulation: Simulation) => ScriptTestSink;
  readonly log: (entry: ScriptLog) => void;
  /** Called at every whole second of the test. */
  readonly onSecond?: ((nowNs: number) => void) | undefined;
  readonly startedAtMs: number;
}

/** Why a test ended before its time, or is failed; k6's last log line. */
export interface TestFailure {
  readonly exitCode: K6ExitCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Where a test stands. */
export type TestPhase = 'setup' | 'scenarios' | 'teardown' | 'ended';

/**
 * One run of a k6 script against a model, in k6's order (internal/execution/scheduler.go): all virtual users load the script; the
 * clock starts; setup(), the scenarios, teardown(), each in virtual time.
 */
export class ScriptTest {
  readonly simulation = new Simulation();
  readonly sink: CountingSink;
  readonly load: LoadGenerator;
  readonly run: ScriptRun;
  phase: TestPhase = 'setup';
  /** When the scenarios started, after setup(); `NEVER` before. */
  scenariosStartNs: number = NEVER;
  /** When they ended; `NEVER` before. */
  scenariosEndNs: number = NEVER;
  failure: TestFailure | undefined = undefined;
  /** The model's instances, by their index. */
  readonly instances: readonly Instance[];
  /** What setup() returned, as JSON; empty for nothing. */
  setupData = '';

  private readonly source: RandomSource;
  private readonly own: ScriptTestSink;
  private hook: ScriptHook | undefined = undefined;
  private startedScript = false;

  constructor(readonly options: ScriptTestOptions) {
    const { simulation } = this;
    const { plan, model, events = [] } = options;
    this.source = new RandomSource(options.seed);
    this.own = options.createSink(simulation);
    const shortage = new VuShortage(plan.scenarios, () => this.load.users, options.log);
    this.sink = new CountingSink(this.own, (scenario) => shortage.dropped(scenario));
    const endpoints = new EndpointTable();
    const context = { simulation, source: this.source, sink: this.sink, endpoints };
    const world = buildWorld(model, events, context);
    const hosts = new ScriptTargets(world, (host) => blockOf(host, plan.consolidated.options)?.code);
    const facts = new ScriptFacts(this);
    this.run = new ScriptRun({
      script: plan.loaded.compiled,
      realm: options.realm,
      sink: this.sink,
      endpoints,
      userAgent: plan.consolidated.options.userAgent ?? options.client?.userAgent ?? K6_USER_AGENT,
      targetOf: hosts.targetOf,
      nowNs: () => simulation.nowNs,
      startedAtMs: options.startedAtMs,
      seedOf: (stream) => this.seedOf(stream),
      instanceName: (index) => world.builder.instances[index]?.name ?? '',
      log: options.log,
      open: (from, path, mode) => plan.loaded.files.open(from, path, mode),
      env: (scenario) => ({ ...plan.env, ...plan.consolidated.options.scenarios[scenario]?.env }),
      facts: (fact, scenario) => facts.of(fact, scenario),
      rps: plan.consolidated.options.rps,
      onTestEnd: (kind, message) => this.told(kind, message),
    });
    this.load = this.createLoad(world, hosts);
    addEvents(events, simulation, world);
    startScrapes(model, world, context);
    this.instances = world.builder.instances;
  }

  /** True while only init code has run. */
  get initialising(): boolean {
    return !this.startedScript;
  }

  /** Loads the script for all planned virtual users, and starts the clock. @throws ScriptStopped */
  start(): void {
    for (const { id } of this.load.users) this.run.load(id);
    this.startedScript = true;
    const ticker = new SecondTicker(this.simulation, (nowNs) => this.options.onSecond?.(nowNs));
    ticker.start();
    this.load.registerGauges();
    const { loaded, consolidated } = this.options.plan;
    if (loaded.functions.includes('setup') && consolidated.options.noSetup !== true) this.setup();
    else this.startScenarios();
  }

  /** Runs on for so many events; false when the test has ended. */
  runEvents(count: number): boolean {
    if (this.phase === 'ended') return false;
    try {
      this.simulation.run(NEVER, count);
    } catch (error) {
      if (!(error instanceof ScriptStopped)) throw error;
      this.failure ??= {
        exitCode: K6_EXIT_CODES.scriptException,
        message: error.message,
        hint: 'script exception',
      };
      this.end();
    }
    return !this.isEnded();
  }

  /** Ends the test before its time: iterations are interrupted, teardown() runs. */
  interrupt(failure: TestFailure): void {
    if (this.phase === 'ended' || this.phase === 'teardown') return;
    this.failure ??= failure;
    if (this.phase === 'setup') {
      this.hook?.interrupt();
      this.end();
    } else this.load.interrupt();
  }

  /** What `handleSummary` returned: pairs of a file's name and its content, see the prelude; or what it threw. */
  handleSummary(data: string): { readonly files: string; readonly thrown: string } {
    const behaviour = new LifecycleBehaviour(this.run, 'handleSummary', data);
    const user = this.load.transientUser(this.sink);
    user.assign('', 0, behaviour, { iterationEnded: () => false });
    behaviour.begin(user);
    if (!behaviour.advance(user))
      return { files: '', thrown: 'handleSummary() waited, which it cannot here' };
    return behaviour.result!;
  }

  private isEnded(): boolean {
    return this.phase === 'ended';
  }

  private setup(): void {
    this.runHook('setup', '', (hook) => {
      const { thrown, returned } = hook;
      if (this.failure === undefined && thrown !== undefined) this.failure = thrown;
      if (this.failure !== undefined && this.failure.exitCode !== K6_EXIT_CODES.markedAsFailed) {
        this.end();
        return;
      }
      this.setupData = returned;
      this.run.setData(returned);
      this.startScenarios();
    });
  }

  private startScenarios(): void {
    this.phase = 'scenarios';
    this.scenariosStartNs = this.simulation.nowNs;
    this.load.startScenarios();
  }

  /** All scenarios are over, or were interrupted. */
  private scenariosEnded(): void {
    this.scenariosEndNs = this.simulation.nowNs;
    this.phase = 'teardown';
    this.run.goOn();
    const { loaded, consolidated } = this.options.plan;
    if (!loaded.functions.includes('teardown') || consolidated.options.noTeardown === true) {
      this.end();
      return;
    }
    this.runHook('teardown', this.setupData, (hook) => {
      this.failure ??= hook.thrown;
      this.end();
    });
  }

  private runHook(name: HookName, argument: string, onEnd: (hook: ScriptHook) => void): void {
    const stream = this.source.stream(`client/${name}`);
    this.hook = new ScriptHook({
      name,
      argument,
      run: this.run,
      simulation: this.simulation,
      createUser: (sink) => this.load.transientUser(sink),
      sink: this.own,
      timeoutNs: this.options.plan.consolidated.timeoutsNs[name],
      onEnd: (hook) => {
        this.hook = undefined;
        onEnd(hook);
      },
    });
    this.hook.start(drawInt32(stream), drawInt32(stream));
  }

  private end(): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.simulation.stop();
  }

  /** `exec.test.abort()` or `exec.test.fail()`. What calls it goes no further; the rest is interrupted as soon as it waits. */
  private told(kind: string, message: string): void {
    if (kind === 'fail') {
      this.failure ??= { exitCode: K6_EXIT_CODES.markedAsFailed, message: 'test run was marked as failed' };
      this.options.log({
        level: 'error',
        text: `test marked as failed: ${message}`,
        source: '',
        vu: 0,
        scenario: '',
      });
      return;
    }
    const failure: TestFailure = {
      exitCode: K6_EXIT_CODES.scriptAborted,
      message: message.replace(/\n\tat /, ' at ').replace(/\n[\s\S]*$/, ''),
    };
    this.simulation.after(0, { handle: () => this.interrupt(failure) }, 0);
  }

  private createLoad(world: ReturnType<typeof buildWorld>, hosts: ScriptTargets): LoadGenerator {
    const { plan, client: given } = this.options;
    const { options } = plan.consolidated;
    const { simulation, source, sink } = this;
    const timers = given?.timers === 'netpoll' ? new NetpollTimers(simulation) : undefined;
    const client = new HttpClient({
      simulation,
      sink,
      targets: hosts.targets,
      noConnectionReuse: options.noConnectionReuse ?? given?.noConnectionReuse,
      noVUConnectionReuse: options.noVUConnectionReuse ?? given?.noVUConnectionReuse,
      cpu: given === undefined ? undefined : clientCpu(given, world.builder),
      timers,
    });
    return new LoadGenerator({
      simulation,
      source: source.fork(CLIENT_PLACE),
      sink,
      client,
      scenarios: plan.scenarios.map(({ name, plug, options: own }) => ({
        name,
        executor: plug.name,
        options: own,
        behaviour: new ScriptBehaviour(this.run, (own as { exec?: string }).exec ?? 'default'),
      })),
      addresses: given?.localIPs,
      minIterationDurationNs: options.minIterationDuration ?? given?.minIterationDuration,
      sleepOvershoot: maybeCreate(given?.sleep_overshoot),
      timers,
      onFinished: () => this.scenariosEnded(),
    });
  }

  /** An integer below 2^53 for each virtual user: the same in every run of the seed. */
  private seedOf(stream: number): number {
    const draws = this.source.stream(`client/vu/${stream}/script`);
    return (drawInt32(draws) >>> 11) * 2 ** 32 + (drawInt32(draws) >>> 0);
  }
}
