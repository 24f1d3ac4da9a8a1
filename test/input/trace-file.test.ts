import { describe, expect, it } from 'vitest';
import type { ScenarioSpec } from '../../src/input/experiment.js';
import { brief, EXPERIMENT_FILE, filesWith, load, mistakesOf } from './fixture.js';

const LOG = `10.0.0.1 - - [10/Oct/2025:13:55:36 +0200] "GET /api/produits HTTP/1.1" 200 612 "-" "curl/8.0"
10.0.0.2 - bob [10/Oct/2025:11:55:38 +0000] "POST /api/ventes?x=1 HTTP/1.0" 201 12 "-" "Mozilla (X11; Linux)"
10.0.0.9 - - [10/Oct/2025:11:55:37 +0000] "-" 408 0 "-" "-"
10.0.0.3 - - [10/Oct/2025:13:55:37 +0200] "GET http://shop/api/produits HTTP/1.1" 200 612
`;

const CSV = `time,method,path,client,headers
2025-10-10T11:55:36.500Z,get,/a,10.0.0.1,
2025-10-10T13:55:36.750+02:00,POST,https://shop/b?x=1,10.0.0.2,"{""x-token"": ""a""}"
`;

const EXPERIMENT = `title: again
model: ../models/api.yaml
load:
  executor: trace
  file: ./recorded
  speed: 2
`;

function loaded(recorded: string, experiment = EXPERIMENT) {
  const files = filesWith({ [EXPERIMENT_FILE]: experiment, 'experiments/recorded': recorded });
  return load(files).variants[0]!.experiment.scenarios;
}

function mistakes(recorded: string, experiment = EXPERIMENT): string[] {
  return mistakesOf(() => loaded(recorded, experiment)).map(brief);
}

describe('a trace', () => {
  it('is an access log, in the order of its times, without requests that never came', () => {
    const [{ options, executor }] = loaded(LOG) as readonly [ScenarioSpec];
    expect(executor).toBe('trace');
    const common = { headers: {}, bytes: 0 };
    expect(options).toMatchObject({
      speed: 2,
      requests: [
        { at: 0, method: 'GET', path: '/api/produits', client: '10.0.0.1', ...common },
        { at: 1e9, method: 'GET', path: '/api/produits', client: '10.0.0.3', ...common },
        { at: 2e9, method: 'POST', path: '/api/ventes?x=1', client: '10.0.0.2', ...common },
      ],
    });
  });

  it.each([
    ['$msec', '1760097336.250', '1760097337.500'],
    ['$time_iso8601', '2025-10-10T13:55:36.250+02:00', '2025-10-10T11:55:37.5Z'],
  ])('may have %s in an access log', (_, first, second) => {
    const log = [first, second].map((time) => `::1 - - [${time}] "GET / HTTP/2.0" 200 1`).join('\n');
    expect(loaded(log)[0]!.options).toMatchObject({ requests: [{ at: 0 }, { at: 1.25e9 }] });
  });

  it('is a CSV file whose first line names its columns', () => {
    expect(loaded(CSV)[0]!.options).toMatchObject({
      requests: [
        { at: 0, method: 'GET', path: '/a', client: '10.0.0.1', headers: {} },
        { at: 0.25e9, method: 'POST', path: '/b?x=1', client: '10.0.0.2', headers: { 'x-token': 'a' } },
      ],
    });
    expect(loaded('t;url\n3;/a\n3.5;/b\n')[0]!.options).toMatchObject({
      requests: [
        { at: 0, method: 'GET', path: '/a' },
        { at: 0.5e9, path: '/b' },
      ],
    });
  });

  it('stands beside other scenarios', () => {
    const experiment = `title: both
model: ../models/api.yaml
load:
  scenarios:
    users: { executor: locust, run_time: 1m, iteration: [{ get: / }] }
    again: { executor: trace, file: ./recorded }
`;
    const scenarios = loaded(CSV, experiment);
    expect(scenarios.map(({ name, iteration }) => [name, iteration.length])).toEqual([
      ['again', 0],
      ['users', 1],
    ]);
  });
});

describe('mistakes in a trace', () => {
  it.each([
    [
      'a line of another kind',
      `${LOG}what is this\n`,
      [
        'experiments/recorded:5:1: got another line, expected ADDRESS - USER [TIME] "METHOD PATH PROTOCOL" STATUS BYTES',
      ],
    ],
    [
      'a date that is none',
      LOG.replace('Oct/2025:13:55:37', 'Okt/2025:13:55:37'),
      [
        'experiments/recorded:4:1: got "10/Okt/2025:13:55:37 +0200", expected a time like 10/Oct/2025:13:55:36 +0000',
      ],
    ],
    [
      'cells',
      'time,method,path\nx,GET,/a\n1,G T,/a\n2,GET,a\n',
      [
        'experiments/recorded:2:1: got "x", expected a time: seconds, or a date like 2025-10-10T13:55:36.250Z',
        'experiments/recorded:3:1: got "G T", expected a method like GET',
        'experiments/recorded:4:1: got "a", expected a path that starts with "/"',
      ],
    ],
    [
      'columns',
      'tme,path\n1,/a\n',
      [
        'experiments/recorded:1:1: got "tme", expected columns named time, timestamp, at, t, method, path, url, uri, client, remote_addr, ip, headers, bytes, request_bytes; did you mean "time"?',
        'experiments/recorded:1:1: got none, expected a column "time", or a line of an access log',
      ],
    ],
    [
      'no line',
      'time,path\n',
      [
        'experiments/ramp.yaml:5:9 load.file: got experiments/recorded without a request, expected at least one',
      ],
    ],
  ])('%s', (_, recorded, expected) => {
    expect(mistakes(recorded)).toEqual(expected);
  });

  it('a file that is not there, told where it is named', () => {
    const files = filesWith({ [EXPERIMENT_FILE]: EXPERIMENT });
    const [mistake] = mistakesOf(() => load(files)).map(brief);
    expect(mistake).toMatch(/^experiments\/ramp\.yaml:5:9 load\.file: got .* expected/);
  });

  it('an iteration, or requests, beside it', () => {
    expect(mistakes(CSV, `${EXPERIMENT}  iteration: [{ get: / }]\n`)).toEqual([
      'experiments/ramp.yaml:7:3 load.iteration: got "iteration", expected only the keys …',
    ]);
    expect(mistakes(CSV, `${EXPERIMENT}  requests: [{ at: 0s, path: / }]\n`)).toEqual([
      'experiments/ramp.yaml:5:3 load.file: got file and requests, expected one of …',
    ]);
  });

  it('more than one request for ab', () => {
    const experiment = `title: t
model: ../models/api.yaml
load:
  executor: ab
  iteration: [{ get: / }, { sleep: 1s }]
`;
    expect(mistakes(CSV, experiment)).toEqual([
      'experiments/ramp.yaml:5:14 load.iteration: got 2 steps, expected a single request, for ab sends one over and over',
    ]);
  });
});
