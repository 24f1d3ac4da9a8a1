import { describe, expect, it } from 'vitest';
import { startReplication } from '../../src/experiment/replicate.js';
import { runReplication } from '../../src/experiment/run.js';
import { InvariantError } from '../../src/kernel/invariant.js';
import { Instance } from '../../src/model/instance.js';
import { type Plain, written } from '../property/laboratory.js';

const MODEL = {
  hosts: { laptop: { cores: 1 } },
  services: { api: { routes: { 'GET /': [{ cpu: '1ms' }] } } },
};
const iteration = [{ get: '/' }, { sleep: '100ms' }];

function start(load: Plain, seed = '430') {
  return startReplication(written({ load }, MODEL).variants[0]!.experiment, seed, 'sim replay here');
}

describe('startReplication', () => {
  it.each([
    [
      'stages',
      {
        executor: 'ramping-vus',
        stages: [
          { duration: '2s', target: 3 },
          { duration: '1500ms', target: 0 },
        ],
        iteration,
      },
      3.5,
    ],
    [
      'a duration',
      { executor: 'constant-arrival-rate', rate: 5, duration: '3s', preAllocatedVUs: 2, iteration },
      3,
    ],
    ['a limit', { executor: 'shared-iterations', iterations: 5, maxDuration: '20s', iteration }, 20],
    [
      'the last of several scenarios',
      {
        scenarios: {
          a: { executor: 'constant-vus', duration: '4s', iteration },
          b: { executor: 'constant-vus', duration: '2s', startTime: '3s', iteration },
        },
      },
      5,
    ],
  ])('plans for %s', (_name, load, seconds) => {
    expect(start(load as Plain).plannedSeconds).toBe(seconds);
  });

  it('runs on in pieces until the test has ended', () => {
    const run = start({ executor: 'constant-vus', vus: 2, duration: '3s', iteration });
    expect(run.runUntil(1)).toBe(true);
    const { events } = run;
    expect(run.runUntil(2)).toBe(true);
    expect(run.events).toBeGreaterThan(events);
    expect(run.runUntil(100)).toBe(false);
    const { durationSeconds, intervals } = run.finish();
    // The last iterations begin before 3 s, and are let end.
    expect(durationSeconds).toBeGreaterThanOrEqual(3);
    expect(durationSeconds).toBeLessThan(3.2);
    expect(intervals).toHaveLength(4);
  });

  it('says of a broken invariant when it was, in which run, and how to run it again', () => {
    const run = start({ executor: 'constant-vus', duration: '3s', iteration });
    const { accept } = Instance.prototype;
    Instance.prototype.accept = () => {
      throw new InvariantError('a broken one');
    };
    try {
      expect(() => run.runUntil(1)).toThrow(
        /a broken one \(at \d+ ns, event \d+, seed 430\); replay: sim replay here/,
      );
    } finally {
      Instance.prototype.accept = accept;
    }
  });
});

describe('abortOnFail', () => {
  const model = {
    hosts: { h: { cores: 1 } },
    services: { api: { server: 'event-loop', routes: { 'GET /': [{ cpu: '300ms' }] } } },
  };
  const run = (threshold: Record<string, unknown>) => {
    const load = { executor: 'constant-vus', vus: 1, duration: '30s', iteration: [{ get: '/' }] };
    const thresholds = { http_req_duration: [{ threshold: 'p(95)<200', ...threshold }] };
    const loaded = written({ load, thresholds, replications: 1 }, model);
    return runReplication(loaded.variants[0]!.experiment, '1').record;
  };

  it('ends the test at the first look, two seconds in', () => {
    expect(run({ abortOnFail: true }).durationSeconds).toBe(2);
    expect(run({}).durationSeconds).toBeGreaterThanOrEqual(30);
  });

  it('waits until more than delayAbortEval has passed', () => {
    expect(run({ abortOnFail: true, delayAbortEval: '4s' }).durationSeconds).toBe(6);
  });
});
