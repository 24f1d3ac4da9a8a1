import { createRealm } from '../../src/cli/script-realm.js';
import { Simulation } from '../../src/kernel/loop.js';
import { HttpClient } from '../../src/model/client.js';
import { EndpointTable, K6_USER_AGENT } from '../../src/model/endpoint.js';
import type { Exchange } from '../../src/model/exchange.js';
import { executors, LoadGenerator } from '../../src/model/load-generator.js';
import { Link } from '../../src/model/network.js';
import { createDistribution } from '../../src/random/catalogue.js';
import { RandomSource } from '../../src/random/stream.js';
import { ScriptBehaviour } from '../../src/script/behaviour.js';
import { compileScript } from '../../src/script/compile/compile.js';
import type { ModuleProvider } from '../../src/script/compile/link.js';
import type { ScriptRunOptions } from '../../src/script/run-options.js';
import { ScriptRun } from '../../src/script/script-run.js';
import { checked, LogSink, ScriptedStation } from '../model/load-fixture.js';

/** Files of a script that exist in a test only, by path. */
export function memoryFiles(files: Readonly<Record<string, string>>): ModuleProvider {
  return {
    resolve: (specifier, from) => new URL(specifier, from).href,
    read: (id) => {
      const text = files[id.replace('file:///', '')];
      if (text === undefined) throw new Error(`no such file: ${id}`);
      return text;
    },
  };
}

class ScriptSink extends LogSink {
  readonly custom_: string[] = [];

  custom(metric: string, value: number, tags: Readonly<Record<string, string>>): void {
    this.custom_.push(`${metric} ${value} ${JSON.stringify(tags)}`);
  }
}

/** How a test runs a script. */
export interface ScriptWorldOptions {
  readonly script: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly scenario?: Record<string, unknown> & { executor: string };
  readonly behave?: (exchange: Exchange, index: number) => number | ((exchange: Exchange) => void);
  readonly latencyNs?: number;
  readonly loopTurnsMax?: number;
  readonly run?: Partial<ScriptRunOptions>;
}

/** The smallest world around a script: a load generator, a link and a scripted station. */
export function scriptWorld(options: ScriptWorldOptions) {
  const simulation = new Simulation();
  const sink = new ScriptSink(simulation);
  const station = new ScriptedStation(simulation, options.behave ?? (() => 0));
  const latency = createDistribution({ kind: 'constant', options: { value: options.latencyNs ?? 0 } });
  const link = new Link(simulation, 'client-station', station, latency);
  const client = new HttpClient({ simulation, sink, targets: [{ links: [link] }] });
  const logs: string[] = [];
  const script = compileScript(
    'file:///script.js',
    memoryFiles({ 'script.js': options.script, ...options.files }),
  );
  const run = new ScriptRun({
    script,
    realm: createRealm(),
    sink,
    endpoints: new EndpointTable(),
    userAgent: K6_USER_AGENT,
    targetOf: () => 0,
    nowNs: () => simulation.nowNs,
    startedAtMs: Date.UTC(2026, 0, 1),
    seedOf: (stream) => 1000 + stream,
    instanceName: (index) => `api-${index + 1}`,
    loopTurnsMax: options.loopTurnsMax,
    log: ({ level, text, source }) => logs.push(`${level} ${source} ${text}`),
    ...options.run,
  });
  const { executor, ...rest } = options.scenario ?? { executor: 'per-vu-iterations' };
  const load = new LoadGenerator({
    simulation,
    source: new RandomSource('script'),
    sink,
    client,
    scenarios: [
      {
        name: 'default',
        executor,
        options: checked(executors.get(executor).options, rest),
        behaviour: new ScriptBehaviour(run, 'default'),
      },
    ],
    onFinished: () => simulation.stop(),
  });
  load.start();
  return { simulation, sink, station, load, logs, run, script };
}
