import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_SECOND } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { VirtualUser } from '../model/virtual-user.js';
import { LifecycleBehaviour } from '../script/behaviour.js';
import { K6_EXIT_CODES } from '../script/exit-codes.js';
import type { ScriptRun } from '../script/script-run.js';
import type { ScriptTestSink } from './script-sink.js';
import type { TestFailure } from './script-test.js';

/** The functions that run once, before and after the scenarios. */
export type HookName = 'setup' | 'teardown';

/** What a {@link ScriptHook} needs. */
export interface ScriptHookOptions {
  readonly name: HookName;
  /** Its argument, as JSON; none if empty. */
  readonly argument: string;
  readonly run: ScriptRun;
  readonly simulation: Simulation;
  readonly createUser: (sink: MetricsSink) => VirtualUser;
  readonly sink: ScriptTestSink;
  readonly timeoutNs: number;
  /** Called once, when it has ended or its time is over. */
  readonly onEnd: (hook: ScriptHook) => void;
}

/** One run of setup() or teardown() by a virtual user of its own, in virtual time. */
export class ScriptHook implements Handler {
  /** What it threw, or that it took too long. */
  thrown: TestFailure | undefined = undefined;
  /** What it returned, as JSON; empty for nothing. */
  returned = '';

  private readonly user: VirtualUser;
  private readonly behaviour: LifecycleBehaviour;
  private ended = false;

  constructor(private readonly options: ScriptHookOptions) {
    const { name, argument, run, sink } = options;
    this.behaviour = new LifecycleBehaviour(run, name, argument);
    this.user = options.createUser(hookSink(sink, name));
    this.user.assign('', 0, this.behaviour, {
      iterationEnded: () => {
        this.finish();
        return false;
      },
    });
  }

  start(keyHigh: number, keyLow: number): void {
    this.options.simulation.after(this.options.timeoutNs, this, 0);
    this.user.startIteration(keyHigh, keyLow);
  }

  /** Its time is over. */
  handle(): void {
    if (this.ended) return;
    this.interrupt();
    const { name, timeoutNs, onEnd } = this.options;
    const exitCode = name === 'setup' ? K6_EXIT_CODES.setupTimeout : K6_EXIT_CODES.teardownTimeout;
    this.thrown = {
      exitCode,
      message: `${name}() execution timed out after ${Math.round(timeoutNs / NS_PER_SECOND)} seconds`,
      hint: `You can increase the time limit via the ${name}Timeout option`,
    };
    onEnd(this);
  }

  /** Stops it where it is. */
  interrupt(): void {
    this.ended = true;
    this.user.interrupt();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    const { thrown, returned } = this.behaviour.result!;
    if (thrown !== '') {
      this.thrown = { exitCode: K6_EXIT_CODES.scriptException, message: thrown, hint: 'script exception' };
    } else this.returned = returned;
    this.options.onEnd(this);
  }
}

/** Its end is no iteration. */
function hookSink(sink: ScriptTestSink, name: HookName): MetricsSink {
  const ended = () => sink.hookEnded?.(name);
  return {
    http: (sample) => sink.http(sample),
    iteration: ended,
    interruptedIteration: ended,
    droppedIterations: () => {},
    check: (...told) => sink.check(...told),
    data: (sentBytes, receivedBytes) => sink.data(sentBytes, receivedBytes),
    served: () => {},
    gauge: () => {},
  };
}
