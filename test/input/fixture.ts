import { InputError, type Mistake } from '../../src/input/error.js';
import type { LoadedExperiment } from '../../src/input/experiment.js';
import { loadExperiment } from '../../src/input/load.js';
import { type Files, memoryFiles } from '../../src/input/source.js';

/** A model with one of everything, right. */
export const MODEL = `title: nginx in front of two instances
hosts:
  laptop: { cores: 4 }
  other: { cores: 2 }
network: { default: 0.1ms, client-balancer: 0.2ms, balancer-api: { latency: 0.2ms } }
balancer:
  product: nginx
  on: laptop
  algorithm: round_robin
  proxy_read_timeout: 60s
  upstream: { api: { max_fails: 1, fail_timeout: 10s } }
services:
  api:
    replicas: 2
    on: laptop
    cpus: 0.25
    mem_limit: 512m
    restart: 'no'
    server: { kind: uvicorn, workers: 1, threads: 40 }
    pools: { db: { to: postgres, pool_size: 5, pool_timeout: 30s } }
    caches: { produits: { ttl: 60s, keys: { zipf: 1.1, count: 1000 } } }
    routes:
      GET /api/produits:
        - cpu: { lognormal: { mean: 0.9ms, cv: 0.3 } }
        - cache: produits
          miss: [{ query: db, time: 0.4ms, cpu: 0.1ms }]
        - respond: { status: 200, bytes: 2100 }
      GET /stock/{id}:
        - { call: stock, path: /stock, timeout: 2s }
  stock:
    on: other
    routes:
      GET /stock: { async: true, steps: [{ wait: 5ms }] }
  postgres: { on: other, max_connections: 100 }
`;

/** An experiment with one of everything, right. */
export const EXPERIMENT = `title: How many instances does the ramp need?
model: ../models/api.yaml
seed: 430
replications: 10
load:
  executor: ramping-vus
  startVUs: 0
  stages:
    - { duration: 1m, target: 100 }
    - { duration: 30s, target: 0 }
  iteration:
    - { get: /api/produits, timeout: 60s }
    - { sleep: 1s }
vary:
  services.api.replicas: [2, 3]
  balancer.algorithm: [round_robin, least_conn]
thresholds:
  http_req_duration: ['p(95)<500']
  http_req_failed: ['rate<0.1']
events:
  - { at: 20s, kill: api-2 }
  - { from: 30s, to: 40s, slow: postgres, factor: 5 }
measured:
  - { when: { services.api.replicas: 2 }, k6: ../points.csv }
`;

/** Where the two stand. */
export const EXPERIMENT_FILE = 'experiments/ramp.yaml';
export const MODEL_FILE = 'models/api.yaml';

/** The right files, with others beside or in place of them. */
export function filesWith(contents: Readonly<Record<string, string | Uint8Array>> = {}): Files {
  const right = { [EXPERIMENT_FILE]: EXPERIMENT, [MODEL_FILE]: MODEL, 'points.csv': 'metric_name\n' };
  return memoryFiles({ ...right, ...contents });
}

/** Text with one part replaced; the part must be there exactly once. */
export function edit(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" is not there exactly once`);
  return text.replace(from, () => to);
}

/** The experiment of `files`; throws InputError. */
export function load(files: Files = filesWith(), file = EXPERIMENT_FILE): LoadedExperiment {
  return loadExperiment(file, files);
}

/** The mistakes that `act` reports, none if it reports none. */
export function mistakesOf(act: () => unknown): readonly Mistake[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.mistakes;
    throw error;
  }
}

/** `file:line:column path: got X, expected Y; hint`, without the lists of what may be named: a new plug changes no test. */
export function brief({ file, line, column, path, got, expected, hint }: Mistake): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const subject = path === '' ? place : `${place} ${path}`;
  const short = expected.replace(/(one of|only the keys) (?!the )[a-z].*$/i, '$1 …');
  return `${subject}: got ${got}, expected ${short}${hint === undefined ? '' : `; ${hint}`}`;
}
