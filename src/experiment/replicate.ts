import type { Experiment } from '../input/experiment.js';
import { atReplayPoint, InvariantError } from '../kernel/invariant.js';
import { Simulation } from '../kernel/loop.js';
import { NS_PER_SECOND, toSeconds } from '../kernel/time.js';
import type { ReplicationRecord } from '../metrics/record.js';
import { Recorder } from '../metrics/recorder.js';
import { HttpClient } from '../model/client.js';
import { EndpointTable } from '../model/endpoint.js';
import type { Station } from '../model/exchange.js';
import { type FailureContext, type FailurePlug, Timeline } from '../model/failure.js';
import { failures } from '../model/failures/index.js';
import { executors, LoadGenerator } from '../model/load-generator.js';
import { SecondTicker } from '../model/world.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import { RandomSource } from '../random/stream.js';
import { BALANCER_PLACE, buildBalancer } from './build-balancer.js';
import { ModelBuilder } from './build-model.js';

/** The place that the load generator is, in `network` and in gauges. */
const CLIENT_PLACE = 'client';

/** How long nginx keeps an idle client connection (its default `keepalive_timeout`), for clients that talk to it. */
const KEEPALIVE_NS = 75 * NS_PER_SECOND;

/** One replication under way. */
export interface ReplicationRun {
  readonly seed: string;
  /** Length that the load plans, graceful stops left out, simulated seconds. */
  readonly plannedSeconds: number;
  readonly events: number;
  readonly fingerprint: string;
  /** Runs on to so many simulated seconds; false when the test has ended. */
  runUntil(seconds: number): boolean;
  /** Everything it recorded. Call once, after `runUntil` returned false. */
  finish(): ReplicationRecord;
}

/** Builds the world of one seed, ready to run. */
export function startReplication(experiment: Experiment, seed: string, replayCommand: string): ReplicationRun {
  const simulation = new Simulation();
  const source = new RandomSource(seed);
  const recorder = new Recorder({ submetrics: experiment.thresholds.map(({ metric }) => metric) });
  const endpoints = new EndpointTable();
  const context = { simulation, source, sink: recorder, endpoints };
  const builder = new ModelBuilder(experiment.model, context);
  for (const instance of builder.instances) {
    recorder.addInstance({ name: instance.name, service: instance.service.name });
  }
  const load = buildLoad(experiment, builder, context);
  addEvents(experiment, builder, simulation);
  const ticker = new SecondTicker(simulation, (nowNs) => recorder.tick(nowNs));
  ticker.start();
  load.start();
  return {
    seed,
    plannedSeconds: plannedSeconds(experiment),
    get events() {
      return simulation.eventCount;
    },
    get fingerprint() {
      return simulation.fingerprint.digest();
    },
    runUntil: (seconds) => {
      try {
        simulation.run(seconds * NS_PER_SECOND);
      } catch (error) {
        if (!(error instanceof InvariantError)) throw error;
        const { nowNs, eventCount } = simulation;
        throw atReplayPoint(error, { seed, nowNs, eventCount, command: replayCommand });
      }
      return !load.finished;
    },
    finish: () => recorder.finish(load.endNs),
  };
}
