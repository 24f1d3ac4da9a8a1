import { describe, expect, it } from 'vitest';
import { brief, EXPERIMENT, EXPERIMENT_FILE, edit, filesWith, load, mistakesOf } from './fixture.js';

/** What is made wrong in the right file of `fixture.ts`, and every mistake that must be told, each once. */
const CASES: readonly {
  readonly name: string;
  readonly experiment: readonly (readonly [from: string, to: string])[];
  readonly expected: readonly string[];
}[] = [
  {
    name: 'unknown top key',
    experiment: [['replications:', 'replicatoins:']],
    expected: [
      'experiments/ramp.yaml:4:1 replicatoins: got "replicatoins", expected only the keys …; did you mean "replications"?',
    ],
  },
  {
    name: 'negative values',
    experiment: [
      ['duration: 1m', 'duration: -1m'],
      ['seed: 430', 'seed: -3'],
      ['target: 100', 'target: -1'],
    ],
    expected: [
      'experiments/ramp.yaml:3:7 seed: got -3, expected a whole number of at least 0',
      'experiments/ramp.yaml:9:19 load.stages[0].duration: got "-1m", expected a duration like 250ms, 60s or 1m30s; a duration cannot be negative',
      'experiments/ramp.yaml:9:32 load.stages[0].target: got -1, expected a whole number of at least 0',
    ],
  },
  {
    name: 'a load without bound',
    experiment: [
      ['target: 100', 'target: 1e15'],
      ['duration: 1m', 'duration: 10000d'],
      ['replications: 10', 'replications: 99999999999'],
    ],
    expected: [
      'experiments/ramp.yaml:4:15 replications: got 99999999999, expected a whole number of at most 10000',
      'experiments/ramp.yaml:9:19 load.stages[0].duration: got "10000d", expected a duration of at most 8640000 s',
      'experiments/ramp.yaml:9:35 load.stages[0].target: got 1000000000000000, expected a whole number of at most 1000000',
    ],
  },
  {
    name: 'executor',
    experiment: [['executor: ramping-vus', 'executor: ramping-vu']],
    expected: [
      'experiments/ramp.yaml:6:13 load.executor: got "ramping-vu", expected one of …; did you mean "ramping-vus"?',
    ],
  },
  {
    name: 'executor missing',
    experiment: [['  executor: ramping-vus\n', '']],
    expected: ['experiments/ramp.yaml:6:3 load.executor: got nothing, expected one of …'],
  },
  {
    name: 'load missing',
    experiment: [['load:\n', 'laod:\n']],
    expected: ['experiments/ramp.yaml:5:1 laod: got "laod", expected only the keys …; did you mean "load"?'],
  },
  {
    name: 'iteration',
    experiment: [
      ['get: /api/produits', 'gett: /api/produits'],
      ['sleep: 1s', 'sleep: 1'],
    ],
    expected: [
      'experiments/ramp.yaml:12:9 load.iteration[0].gett: got "gett", expected only the keys …; did you mean "get"?',
      'experiments/ramp.yaml:13:16 load.iteration[1].sleep: got 1, expected a duration like 250ms, 60s or 1m30s; write the unit: 1ms or 1s',
    ],
  },
  {
    name: 'iteration key',
    experiment: [['  iteration:', '  iterations:']],
    expected: [
      'experiments/ramp.yaml:11:3 load.iterations: got "iterations", expected only the keys …; did you mean "iteration"?',
    ],
  },
  {
    name: 'stages',
    experiment: [
      ['target: 100', 'tarjet: 100'],
      ['target: 0', 'target: ten'],
    ],
    expected: [
      'experiments/ramp.yaml:9:23 load.stages[0].tarjet: got "tarjet", expected only the keys …; did you mean "target"?',
      'experiments/ramp.yaml:10:32 load.stages[1].target: got "ten", expected a whole number',
    ],
  },
  {
    name: 'vary path',
    experiment: [['services.api.replicas: [2', 'services.api.replcas: [2']],
    expected: [
      'experiments/ramp.yaml:15:3 services.api.replcas: got "replcas", expected only the keys …; did you mean "replicas"?',
      'experiments/ramp.yaml:24:15 measured[0].when."services.api.replicas": got "services.api.replicas", expected a path of vary; did you mean "services.api.replcas"?',
    ],
  },
  {
    name: 'vary root',
    experiment: [['balancer.algorithm: [', 'blancer.algorithm: [']],
    expected: [
      'experiments/ramp.yaml:16:3 vary."blancer.algorithm": got "blancer.algorithm", expected a path that begins with a key of the experiment or the model; did you mean "balancer"?',
    ],
  },
  {
    name: 'vary value',
    experiment: [['[round_robin, least_conn]', '[round_robin, least_con]']],
    expected: [
      'experiments/ramp.yaml:16:37 balancer.algorithm: got "least_con", expected one of …; did you mean "least_conn"?',
    ],
  },
  {
    name: 'vary not list',
    experiment: [['[round_robin, least_conn]', 'least_conn']],
    expected: ['experiments/ramp.yaml:16:23 vary."balancer.algorithm": got "least_conn", expected a list'],
  },
  {
    name: 'vary empty',
    experiment: [['[round_robin, least_conn]', '[]']],
    expected: ['experiments/ramp.yaml:15:3 vary: got no value, expected at least one value for each path'],
  },
  {
    name: 'vary through scalar',
    experiment: [['balancer.algorithm: [', 'balancer.product.name: [']],
    expected: [
      'experiments/ramp.yaml:16:3 vary."balancer.product.name": got "balancer.product.name", but balancer.product is not a mapping, expected a mapping',
    ],
  },
  {
    name: 'vary syntax',
    experiment: [['balancer.algorithm: [', 'balancer..algorithm: [']],
    expected: [
      'experiments/ramp.yaml:16:3 vary."balancer..algorithm": got "balancer..algorithm", expected a path such as services.api.replicas; keys with blanks, dots or brackets need quotes: services.api.routes."GET /x"[0].cpu',
    ],
  },
  {
    name: 'thresholds',
    experiment: [
      ["['p(95)<500']", "['p(95)<', 'p95<3', 'rate<1']"],
      ['http_req_failed:', 'http_req_faild:'],
    ],
    expected: [
      'experiments/ramp.yaml:18:23 thresholds.http_req_duration[0]: got "p(95)<", expected a threshold; not a number in threshold "p(95)<": ""; write it like "p(95)<500"',
      'experiments/ramp.yaml:18:33 thresholds.http_req_duration[1]: got "p95<3", expected a threshold; a trend has no "p95", in threshold "p95<3"; did you mean "p(95)"?',
      'experiments/ramp.yaml:18:42 thresholds.http_req_duration[2]: got "rate<1", expected a threshold; a trend has no "rate", in threshold "rate<1"; a trend has avg, min, max, med, p(95)',
      'experiments/ramp.yaml:19:3 thresholds.http_req_faild: got "http_req_faild", expected a metric; did you mean "http_req_failed"?',
    ],
  },
  {
    name: 'events',
    experiment: [
      ['kill: api-2', 'kill: api-3'],
      ['slow: postgres', 'slow: postgre'],
    ],
    expected: [
      'experiments/ramp.yaml:21:22 events[0].kill: got "api-3", expected an instance, a service or a balancer; did you mean "api-1"?',
      'experiments/ramp.yaml:22:33 events[1].slow: got "postgre", expected an instance, a service, a balancer or a database; did you mean "postgres"?',
    ],
  },
  {
    name: 'events times',
    experiment: [
      ['at: 20s', 'from: 20s'],
      ['from: 30s, to: 40s', 'from: 30s, to: 20s'],
    ],
    expected: [
      'experiments/ramp.yaml:21:7 events[0].from: got "from", expected at: kill is an instant',
      'experiments/ramp.yaml:22:22 events[1].to: got an end before the beginning, expected a time after `from`',
    ],
  },
  {
    name: 'events of the balancer: names',
    experiment: [
      [
        '  - { at: 20s, kill: api-2 }\n',
        '  - { at: 20s, add: { service: stock } }\n  - { at: 20s, remove: stock-1 }\n',
      ],
      ['{ from: 30s, to: 40s, slow: postgres, factor: 5 }', '{ at: 30s, rolling-update: apii }'],
    ],
    expected: [
      'experiments/ramp.yaml:21:32 events[0].add.service: got "stock", expected a service behind the balancer; there is "api"',
      'experiments/ramp.yaml:22:24 events[1].remove: got "stock-1", expected an instance or a service behind the balancer; there is "api-1", "api-2", "api"',
      'experiments/ramp.yaml:23:32 events[2].rolling-update: got "apii", expected a service behind the balancer; did you mean "api"?',
    ],
  },
  {
    name: 'events of the balancer: an instance before it is added',
    experiment: [
      [
        '  - { at: 20s, kill: api-2 }\n',
        '  - { at: 20s, kill: api-3 }\n  - { at: 25s, add: { service: api } }\n',
      ],
      ['{ from: 30s, to: 40s, slow: postgres, factor: 5 }', '{ at: 30s, kill: api-3 }'],
    ],
    expected: [
      'experiments/ramp.yaml:21:22 events[0].kill: got "api-3", which is added at 25s, expected an instance that is there by then',
    ],
  },
  {
    name: 'events of the balancer: server parameters',
    experiment: [
      ['kill: api-2', 'change: api-2, wieght: 3, fail_timeout: 1'],
      ['{ from: 30s, to: 40s, slow: postgres, factor: 5 }', '{ at: 30s, change: api }'],
    ],
    expected: [
      'experiments/ramp.yaml:21:31 events[0].wieght: got "wieght", expected only the keys …; did you mean "weight"?',
      'experiments/ramp.yaml:21:56 events[0].fail_timeout: got 1, expected a duration like 250ms, 60s or 1m30s; write the unit: 1ms or 1s',
      'experiments/ramp.yaml:22:16 events[1].change: got nothing to change, expected server parameters of nginx, such as weight, max_fails, fail_timeout, max_conns, backup, down',
    ],
  },
  {
    name: 'events kind',
    experiment: [['kill: api-2', 'kil: api-2']],
    expected: [
      'experiments/ramp.yaml:21:16 events[0].kil: got "kil", expected only the keys …; did you mean "kill"?',
    ],
  },
  {
    name: 'measured',
    experiment: [
      ['../points.csv', '../point.csv'],
      ['when: { services.api.replicas', 'when: { services.api.replica'],
    ],
    expected: [
      'experiments/ramp.yaml:24:15 measured[0].when."services.api.replica": got "services.api.replica", expected a path of vary; did you mean "services.api.replicas"?',
      'experiments/ramp.yaml:24:46 measured[0].k6: got "point.csv", which does not exist, expected a file; did you mean "points.csv"?',
    ],
  },
  {
    name: 'measured twice',
    experiment: [['k6: ../points.csv', 'k6: ../points.csv, ab: ../points.csv']],
    expected: [
      'experiments/ramp.yaml:24:5 measured[0]: got both, expected one of the keys k6, summary, locust, ab, access_log',
    ],
  },
  {
    name: 'measured by nobody',
    experiment: [['k6: ../points.csv', 'locust: []']],
    expected: [
      'experiments/ramp.yaml:24:43 measured[0].locust: got an empty list, expected at least one file',
    ],
  },
  {
    name: 'log_format of another file',
    experiment: [['k6: ../points.csv', 'k6: ../points.csv, log_format: $msec']],
    expected: [
      'experiments/ramp.yaml:24:62 measured[0].log_format: got log_format beside k6, expected it beside access_log',
    ],
  },
  {
    name: 'model missing',
    experiment: [['../models/api.yaml', '../models/apy.yaml']],
    expected: [
      'experiments/ramp.yaml:2:8 model: got "models/apy.yaml", which does not exist, expected a file; did you mean "api.yaml"?',
    ],
  },
  {
    name: 'script',
    experiment: [['  executor: ramping-vus', '  script: x.js']],
    expected: [
      'experiments/ramp.yaml:7:3 load.startVUs: got "startVUs", expected only the keys …',
      'experiments/ramp.yaml:8:3 load.stages: got "stages", expected only the keys …',
      'experiments/ramp.yaml:11:3 load.iteration: got "iteration", expected only the keys …',
    ],
  },
  {
    name: 'wrong types in an experiment',
    experiment: [
      ['title: How many instances does the ramp need?', 'title: 5'],
      ['seed: 430', 'seed: [1]'],
      ['replications: 10', 'replications: many'],
    ],
    expected: [
      'experiments/ramp.yaml:1:8 title: got 5, expected text',
      'experiments/ramp.yaml:3:7 seed: got a list of 1, expected a whole number, or text',
      'experiments/ramp.yaml:4:15 replications: got "many", expected a whole number',
    ],
  },
];

describe('a wrong experiment', () => {
  it.each(CASES)('is told once and in place: $name', ({ experiment, expected }) => {
    const text = experiment.reduce((edited, [from, to]) => edit(edited, from, to), EXPERIMENT);
    expect(mistakesOf(() => load(filesWith({ [EXPERIMENT_FILE]: text }))).map(brief)).toEqual(expected);
  });
});
