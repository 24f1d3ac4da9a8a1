import { describe, expect, it } from 'vitest';
import { runExperiment, runReplication } from '../../src/experiment/run.js';
import type { LoadedExperiment } from '../../src/input/experiment.js';
import type { RunResult } from '../../src/metrics/result.js';
import { written } from '../property/laboratory.js';

const MODEL = {
  hosts: { laptop: { cores: 2 } },
  balancer: { product: 'nginx', on: 'laptop' },
  services: {
    api: {
      replicas: 2,
      cpus: 0.5,
      routes: { 'GET /': [{ cpu: { exponential: '3ms' } }, { wait: '10ms' }] },
    },
  },
};

const LOAD = {
  executor: 'constant-vus',
  vus: 4,
  duration: '7s',
  iteration: [{ get: '/' }, { sleep: { exponential: '100ms' } }],
};

const VARIED = {
  load: LOAD,
  replications: 3,
  vary: { 'services.api.replicas': [1, 2], 'balancer.algorithm': ['round_robin', 'least_conn'] },
};

function run(loaded: LoadedExperiment, options: Partial<Parameters<typeof runExperiment>[1]> = {}) {
  return runExperiment(loaded, { version: 'test', replayCommand: 'sim replay', ...options });
}

describe('runExperiment', () => {
  it('has every variant in order, with every replication', async () => {
    const result = await run(written(VARIED, MODEL));
    expect(result).toMatchObject({ experiment: 'written', version: 'test', seed: '430' });
    expect(result.variants.map((variant) => variant.label)).toEqual([
      'algorithm=round_robin, replicas=1',
      'algorithm=round_robin, replicas=2',
      'algorithm=least_conn, replicas=1',
      'algorithm=least_conn, replicas=2',
    ]);
    for (const variant of result.variants) {
      expect(variant.runs.map((replication) => replication.seed)).toEqual(['430', '430#2', '430#3']);
      expect(new Set(variant.runs.map((replication) => replication.fingerprint)).size).toBe(3);
    }
  });

  it('ends with the test: how long the pieces are in which it is run changes nothing', async () => {
    const loaded = written({ load: LOAD }, MODEL);
    const { variants } = await run(loaded);
    // In one piece of an hour, while `run` takes pieces of five seconds, of which the second passes the end.
    const alone = runReplication(loaded.variants[0]!.experiment, '430');
    expect(variants[0]!.events).toBe(alone.run.events);
    expect(variants[0]!.fingerprint).toBe(alone.run.fingerprint);
    expect(variants[0]!.series.httpReqs).toHaveLength(alone.record.intervals.length);
    expect(alone.record.intervals).toHaveLength(Math.ceil(alone.record.durationSeconds));
  });

  it('gives the first of many replications the same numbers as a run of one', async () => {
    const many = await run(written({ load: LOAD, replications: 3 }, MODEL));
    const one = await run(written({ load: LOAD, replications: 1 }, MODEL));
    expect(many.variants[0]!.runs[0]).toEqual(one.variants[0]!.runs[0]);
    expect(one.variants[0]!.fingerprint).toBe(one.variants[0]!.runs[0]!.fingerprint);
  });

  it('tells how far it is, and pauses without changing anything', async () => {
    const seen: string[] = [];
    const loaded = written({ load: LOAD, replications: 2 }, MODEL);
    const result = await run(loaded, {
      pause: ({ variant, replicationIndex, replicationCount, nowSeconds, durationSeconds }) => {
        seen.push(`${variant} ${replicationIndex}/${replicationCount} ${nowSeconds}/${durationSeconds}`);
      },
    });
    expect(seen).toEqual(['written 0/2 0/7', 'written 1/2 0/7']);
    expect(result).toEqual(await run(loaded));
  });

  it('keeps the finished variants when it is stopped, and goes on from them to the same result', async () => {
    const loaded = written(VARIED, MODEL);
    let finishedCount = 0;
    const stopped = await run(loaded, {
      onVariant: () => {
        finishedCount += 1;
      },
      isStopped: () => finishedCount === 2,
    });
    expect(stopped.variants).toHaveLength(2);
    const finished = new Map(stopped.variants.map((variant) => [variant.label, variant]));
    const paused: string[] = [];
    const resumed: RunResult = await run(loaded, {
      finished,
      pause: ({ variant }) => {
        paused.push(variant);
      },
    });
    // One pause per replication of the two variants that were missing.
    expect(paused).toHaveLength(6);
    expect(resumed).toEqual(await run(loaded));
  });

  it('holds thresholds against the mean of the replications', async () => {
    const thresholds = { http_req_failed: ['rate<0.5'], http_req_duration: ['p(95)<1'] };
    const { variants } = await run(written({ load: LOAD, thresholds }, MODEL));
    expect(variants[0]!.thresholds).toMatchObject({
      http_req_failed: { 'rate<0.5': { ok: true } },
      http_req_duration: { 'p(95)<1': { ok: false } },
    });
  });
});
