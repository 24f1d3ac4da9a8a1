import type { Experiment } from '../input/experiment.js';
import { atReplayPoint, InvariantError } from '../kernel/invariant.js';
import { Simulation } from '../kernel/loop.js';
import { NEVER, NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import type { GeneratorSpec } from '../metrics/generator.js';
import { Recorder } from '../metrics/recorder.js';
import { HttpClient } from '../model/client.js';
import { EndpointTable } from '../model/endpoint.js';
import { compileScenario, executors, LoadGenerator } from '../model/load-generator.js';
import { NetpollTimers } from '../model/netpoll-timers.js';
import { SecondTicker } from '../model/world.js';
import { RandomSource } from '../random/stream.js';
import type { ModelContext } from './build-model.js';
import { mustAbort, plannedSeconds, type ReplicationRun, THRESHOLDS_EVERY_NS } from './replication.js';
import { type ReplicationExtras, startScriptReplication } from './script-replicate.js';
import {
  addEvents,
  buildWorld,
  CLIENT_PLACE,
  clientCpu,
  maybeCreate,
  startScrapes,
  type World,
} from './world.js';

/** Builds the world of one seed, ready to run. */
export function startReplication(
  experiment: Experiment,
  seed: string,
  replayCommand: string,
  extras: ReplicationExtras = {},
): ReplicationRun {
  if (experiment.script !== undefined) {
    return startScriptReplication(experiment, experiment.script, { seed, replayCommand, ...extras });
  }
  const simulation = new Simulation();
  const source = new RandomSource(seed);
  const recorder = new Recorder({
    submetrics: experiment.thresholds.map(({ selector }) => selector.name),
    generators: generatorsOf(experiment),
    detail: extras.detail,
  });
  const endpoints = new EndpointTable();
  const context = { simulation, source, sink: recorder, endpoints };
  const world = buildWorld(experiment.model, experiment.events, context);
  const load = buildLoad(experiment, world, context);
  addEvents(experiment.events, simulation, world);
  startScrapes(experiment.model, world, context);
  for (const instance of world.builder.instances) {
    recorder.addInstance({ name: instance.name, service: instance.service.name });
  }
  const ticker = new SecondTicker(simulation, (nowNs) => {
    recorder.tick(nowNs);
    if (nowNs % THRESHOLDS_EVERY_NS === 0 && mustAbort(experiment, recorder, nowNs)) load.abort();
  });
  ticker.start();
  load.start();
  const runPiece = (run: () => void): boolean => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      const { nowNs, eventCount } = simulation;
      throw atReplayPoint(error, { seed, nowNs, eventCount, command: replayCommand });
    }
    return !load.finished;
  };
  return {
    seed,
    plannedSeconds: plannedSeconds(experiment),
    get events() {
      return simulation.eventCount;
    },
    get fingerprint() {
      return simulation.fingerprint.digest();
    },
    get nowSeconds() {
      return toSeconds(simulation.nowNs);
    },
    runUntil: (seconds) => runPiece(() => simulation.run(seconds * NS_PER_SECOND)),
    runEvents: (count) => runPiece(() => simulation.run(NEVER, count)),
    finish: () => recorder.finish(load.endNs),
  };
}

/** Load generators with statistics of their own, by scenario. */
function generatorsOf({ scenarios, client, model }: Experiment): Record<string, GeneratorSpec> {
  const serverSoftware = model.balancer?.product ?? model.services[model.entry]?.server.kind ?? '';
  const { host } = client;
  const specs = scenarios.flatMap(({ name, executor, options, iteration }) => {
    const spec = executors.get(executor).generator?.(options, { iteration, host, serverSoftware });
    return spec === undefined ? [] : [[name, spec] as const];
  });
  return Object.fromEntries(specs);
}

/** The load generator. */
function buildLoad(experiment: Experiment, world: World, context: ModelContext): LoadGenerator {
  const { client: spec, scenarios } = experiment;
  const { simulation, source, sink, endpoints } = context;
  const timers = spec.timers === 'netpoll' ? new NetpollTimers(simulation) : undefined;
  const client = new HttpClient({
    simulation,
    sink,
    targets: [world.entry],
    noConnectionReuse: spec.noConnectionReuse,
    noVUConnectionReuse: spec.noVUConnectionReuse,
    cpu: clientCpu(spec, world.builder),
    timers,
  });
  const head = { host: spec.host, userAgent: spec.userAgent };
  const iterationContext = { endpoints, head };
  return new LoadGenerator({
    simulation,
    source: source.fork(CLIENT_PLACE),
    sink,
    client,
    scenarios: scenarios.map((scenario) => compileScenario(scenario, iterationContext)),
    addresses: spec.localIPs,
    minIterationDurationNs: spec.minIterationDuration,
    sleepOvershoot: maybeCreate(spec.sleep_overshoot),
    timers,
    // The test ends here, not at the next pause of whoever runs it: results must not depend on how long the pieces are.
    onFinished: () => simulation.stop(),
  });
}
