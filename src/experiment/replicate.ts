import type { Experiment } from '../input/experiment.js';
import { atReplayPoint, InvariantError } from '../kernel/invariant.js';
import { Simulation } from '../kernel/loop.js';
import { NEVER, NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import type { GeneratorSpec } from '../metrics/generator.js';
import type { ReplicationRecord } from '../metrics/record.js';
import { Recorder } from '../metrics/recorder.js';
import { evaluateThreshold } from '../metrics/threshold.js';
import { HttpClient } from '../model/client.js';
import { EndpointTable } from '../model/endpoint.js';
import { compileScenario, executors, LoadGenerator } from '../model/load-generator.js';
import { SecondTicker } from '../model/world.js';
import { RandomSource } from '../random/stream.js';
import type { ModelContext } from './build-model.js';
import { plannedNs } from './planned-time.js';
import { addEvents, buildWorld, CLIENT_PLACE, clientCpu, maybeCreate, type World } from './world.js';

/** k6 looks at thresholds with `abortOnFail` every two seconds. */
const THRESHOLDS_EVERY_NS = 2 * NS_PER_SECOND;

/** One replication under way. */
export interface ReplicationRun {
  readonly seed: string;
  /** Length that the load plans, graceful stops left out, simulated seconds. */
  readonly plannedSeconds: number;
  readonly events: number;
  readonly fingerprint: string;
  /** Runs on to so many simulated seconds; false when the test has ended. */
  runUntil(seconds: number): boolean;
  /** Runs on for so many events; false when the test has ended. */
  runEvents(count: number): boolean;
  readonly nowSeconds: number;
  /** Everything it recorded. Call once, after `runUntil` returned false. */
  finish(): ReplicationRecord;
}

/** Builds the world of one seed, ready to run. */
export function startReplication(
  experiment: Experiment,
  seed: string,
  replayCommand: string,
): ReplicationRun {
  const simulation = new Simulation();
  const source = new RandomSource(seed);
  const recorder = new Recorder({
    submetrics: experiment.thresholds.map(({ selector }) => selector.name),
    generators: generatorsOf(experiment),
  });
  const endpoints = new EndpointTable();
  const context = { simulation, source, sink: recorder, endpoints };
  const world = buildWorld(experiment.model, experiment.events, context);
  const load = buildLoad(experiment, world, context);
  addEvents(experiment.events, simulation, world);
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
  const client = new HttpClient({
    simulation,
    sink,
    targets: [world.entry],
    noConnectionReuse: spec.noConnectionReuse,
    noVUConnectionReuse: spec.noVUConnectionReuse,
    cpu: clientCpu(spec, world.builder),
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
    // The test ends here, not at the next pause of whoever runs it: results must not depend on how long the pieces are.
    onFinished: () => simulation.stop(),
  });
}

/** True where a threshold with `abortOnFail` fails now; metrics without a sample are not asked (k6, metrics engine). */
function mustAbort(experiment: Experiment, recorder: Recorder, nowNs: number): boolean {
  return experiment.thresholds.some(({ selector, thresholds }) => {
    const record = recorder.metricRecord(selector.name);
    if (record === undefined || (record.type === 'trend' && record.values.count === 0)) return false;
    const measured = [{ record, durationSeconds: toSeconds(nowNs) }];
    return thresholds.some(
      (threshold) =>
        threshold.abortOnFail &&
        (threshold.delayAbortEvalNs === 0 || threshold.delayAbortEvalNs < nowNs) &&
        !evaluateThreshold(threshold, measured).ok,
    );
  });
}

/** When the last scenario's plan is over. */
function plannedSeconds(experiment: Experiment): number {
  let endNs = 0;
  for (const { executor, options } of experiment.scenarios) {
    const startNs = (options as { startTime: number }).startTime;
    endNs = Math.max(endNs, startNs + plannedNs({ plug: executors.get(executor), options }));
  }
  return toSeconds(endNs);
}
