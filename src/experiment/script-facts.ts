import { NEVER, NS_PER_MS } from '../kernel/time.js';
import { blockOf } from '../script/blocked.js';
import { inspectScript } from '../script/inspect.js';
import { initFact, OUTSIDE } from '../script/load-script.js';
import { plannedNs } from './planned-time.js';
import type { ScriptTest } from './script-test.js';

/** Options that `exec.test.options` does not have: only scenarios say what is run. */
const HIDDEN = ['vus', 'iterations', 'duration', 'stages', 'cloud'];

/** What `k6/execution` tells of the test. */
export class ScriptFacts {
  private testOptions: unknown = undefined;

  constructor(private readonly test: ScriptTest) {}

  /** The value of a fact; a text with `!` before it is thrown. */
  of(fact: string, scenario: string): unknown {
    if (this.test.initialising && !fact.startsWith('option.')) return initFact(fact);
    const [group, name = ''] = fact.split('.');
    switch (group) {
      case 'scenario':
        return this.scenarioFact(name, scenario);
      case 'instance':
        return this.instanceFact(name);
      case 'vu':
        return 0;
      case 'blocked':
        return blockOf(fact.slice('blocked.'.length), this.test.options.plan.consolidated.options)?.reason;
      case 'option':
        return this.test.options.plan.consolidated.options[name as 'batch'];
      default:
        return this.optionsFact();
    }
  }

  private scenarioFact(name: string, scenario: string): unknown {
    const { plan, startedAtMs } = this.test.options;
    const planned = plan.scenarios.find((candidate) => candidate.name === scenario);
    if (planned === undefined) return OUTSIDE;
    const startNs = this.test.scenariosStartNs + planned.startTimeNs;
    switch (name) {
      case 'executor':
        return planned.plug.name;
      case 'startTime':
        return Math.floor(startedAtMs + startNs / NS_PER_MS);
      case 'progress':
        return this.progress(planned.name, startNs, plannedNs(planned));
      default:
        return undefined;
    }
  }

  private progress(scenario: string, startNs: number, durationNs: number): number {
    const { options } = this.test.options.plan.scenarios.find(({ name }) => name === scenario)!;
    const { iterations, vus = 1 } = options as { iterations?: number; vus?: number };
    if (iterations === undefined) return Math.min(1, (this.test.simulation.nowNs - startNs) / durationNs);
    const { complete, interrupted } = this.test.sink.of(scenario);
    const isShared =
      this.test.options.plan.consolidated.options.scenarios[scenario]!.executor === 'shared-iterations';
    return (complete + interrupted) / (isShared ? iterations : iterations * vus);
  }

  private instanceFact(name: string): unknown {
    const { test } = this;
    if (test.phase === 'teardown' || test.phase === 'ended')
      return '!getting instance information in the init context is not supported';
    switch (name) {
      case 'iterationsCompleted':
        return test.sink.all.complete;
      case 'iterationsInterrupted':
        return test.sink.all.interrupted;
      case 'vusActive':
        return test.load.vus;
      case 'vusInitialized':
        return test.load.vusMax;
      default:
        return test.simulation.nowNs === NEVER ? 0 : test.simulation.nowNs / NS_PER_MS;
    }
  }

  private optionsFact(): unknown {
    if (this.testOptions === undefined) {
      const { options } = this.test.options.plan.consolidated;
      const all = JSON.parse(inspectScript(options)) as Record<string, unknown>;
      for (const name of HIDDEN) delete all[name];
      this.testOptions = { ...all, consoleOutput: null, localIPs: null };
    }
    return this.testOptions;
  }
}
