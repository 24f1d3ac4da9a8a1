import type { Experiment } from '../input/experiment.js';
import { atReplayPoint, InvariantError } from '../kernel/invariant.js';
import { Simulation } from '../kernel/loop.js';
import { NEVER, NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import type { GeneratorSpec } from '../metrics/generator.js';
import type { ReplicationRecord } from '../metrics/record.js';
import { Recorder } from '../metrics/recorder.js';
import { evaluateThreshold } from '../metrics/threshold.js';
import { type ClientCpu, type ClientTarget, HttpClient } from '../model/client.js';
import type { ClientOptions } from '../model/client-options.js';
import { EndpointTable } from '../model/endpoint.js';
import { type FailureContext, type FailurePlug, Timeline } from '../model/failure.js';
import { failures } from '../model/failures/index.js';
import type { Instance } from '../model/instance.js';
import { compileScenario, executors, LoadGenerator } from '../model/load-generator.js';
import type { Plan } from '../model/workload.js';
import { SecondTicker } from '../model/world.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import type { Distribution, DistributionSpec } from '../random/distribution.js';
import { RandomSource } from '../random/stream.js';
import { BALANCER_PLACE, type BuiltBalancers, buildBalancers } from './build-balancer.js';
import { ModelBuilder, type ModelContext } from './build-model.js';

/** The place that the load generator is, in `network` and in gauges. */
const CLIENT_PLACE = 'client';

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
  const builder = new ModelBuilder(experiment.model, context);
  const balancers = balancersOf(experiment, builder, context);
  const load = buildLoad(experiment, builder, {
    ...context,
    target: entryOf(experiment, builder, balancers),
  });
  addEvents(experiment, { simulation, builder, balancers });
  for (const instance of builder.instances) {
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

interface LoadContext extends ModelContext {
  readonly target: ClientTarget;
}

/** The load generator. */
function buildLoad(experiment: Experiment, builder: ModelBuilder, context: LoadContext): LoadGenerator {
  const { client: spec, scenarios } = experiment;
  const { simulation, source, sink, endpoints, target } = context;
  const client = new HttpClient({
    simulation,
    sink,
    targets: [target],
    noConnectionReuse: spec.noConnectionReuse,
    noVUConnectionReuse: spec.noVUConnectionReuse,
    cpu: clientCpu(spec, builder),
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

/** The model's balancers; `undefined` where it has none. */
function balancersOf(
  { model, events }: Experiment,
  builder: ModelBuilder,
  context: ModelContext,
): BuiltBalancers | undefined {
  if (model.balancer === undefined) return undefined;
  const isMeant = events.some(({ kind, options }) => {
    const target = (options as Readonly<Record<string, unknown>>)[kind];
    return target === BALANCER_PLACE;
  });
  return buildBalancers(model.balancer, builder, context, isMeant ? 'several' : 'one');
}

/** What clients talk to: the balancers, or without one the only instance of the service that no other calls. */
function entryOf(
  { model }: Experiment,
  builder: ModelBuilder,
  balancers: BuiltBalancers | undefined,
): ClientTarget {
  if (balancers === undefined) {
    const [instance] = builder.instancesOf.get(model.entry)! as [Instance];
    return { links: [builder.createLink(CLIENT_PLACE, instance.service.name, instance)] };
  }
  return {
    links: balancers.stations.map((station) => builder.createLink(CLIENT_PLACE, BALANCER_PLACE, station)),
    select: model.balancer?.replicas?.select,
  };
}

function maybeCreate(spec: DistributionSpec | undefined): Distribution | undefined {
  return spec === undefined ? undefined : createDistribution(spec);
}

/** The load generator's own CPU, on its host or on a machine of its own. */
function clientCpu(spec: ClientOptions, builder: ModelBuilder): ClientCpu | undefined {
  if (spec.cpu === undefined) return undefined;
  return {
    processor: builder.createGroup(CLIENT_PLACE, spec.on),
    beforeSend: maybeCreate(spec.cpu.before_send),
    afterReceive: maybeCreate(spec.cpu.after_receive),
  };
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

interface EventContext {
  readonly simulation: Simulation;
  readonly builder: ModelBuilder;
  readonly balancers: BuiltBalancers | undefined;
}

/** Puts the experiment's events on the clock; in their order, for an event acts on what those before it have created. */
function addEvents(experiment: Experiment, { simulation, builder, balancers }: EventContext): void {
  const timeline = new Timeline(simulation);
  const context: FailureContext = {
    simulation,
    instances: (name) => [
      ...(builder.instancesOf.get(name) ?? builder.instances.filter((instance) => instance.name === name)),
    ],
    createInstances: (service, count) => builder.addReplicas(service, count, 'later'),
    rotation: balancers?.rotation,
    balancers: (name) =>
      (balancers?.replicas ?? []).filter((each) => name === each.name || name === BALANCER_PLACE),
    database: (name) => builder.databases.get(name),
  };
  for (const event of experiment.events) {
    const plug = failures.find((candidate) => candidate.name === event.kind) as FailurePlug;
    timeline.add(plug.create(event.options as Checked<AnyField>, context), event.atNs, event.untilNs);
  }
}

/** When the last scenario's plan is over. */
function plannedSeconds(experiment: Experiment): number {
  let endNs = 0;
  for (const { executor, options } of experiment.scenarios) {
    const plan = executors.get(executor).plan(options);
    const startNs = (options as { startTime: number }).startTime;
    endNs = Math.max(endNs, startNs + planDurationNs(plan));
  }
  return toSeconds(endNs);
}

function planDurationNs(plan: Plan): number {
  if (plan.kind === 'vus') return plan.steps.at(-1)?.atNs ?? 0;
  return plan.kind === 'arrivals' ? plan.durationNs : plan.maxDurationNs;
}
