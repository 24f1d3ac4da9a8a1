import { describe, expect, it } from 'vitest';
import { brief, edit, filesWith, load, MODEL, MODEL_FILE, mistakesOf } from './fixture.js';

/** What is made wrong in the right file of `fixture.ts`, and every mistake that must be told, each once. */
const CASES: readonly {
  readonly name: string;
  readonly model: readonly (readonly [from: string, to: string])[];
  readonly expected: readonly string[];
}[] = [
  {
    name: 'unknown model key',
    model: [['network:', 'netwrok:']],
    expected: [
      'models/api.yaml:5:1 netwrok: got "netwrok", expected only the keys …; did you mean "network"?',
    ],
  },
  {
    name: 'unknown service key',
    model: [['mem_limit:', 'memlimit:']],
    expected: [
      'models/api.yaml:17:5 services.api.memlimit: got "memlimit", expected only the keys …; did you mean "mem_limit"?',
    ],
  },
  {
    name: 'a duration without unit',
    model: [['proxy_read_timeout: 60s', 'proxy_read_timeout: 60']],
    expected: [
      'models/api.yaml:10:23 balancer.proxy_read_timeout: got 60, expected a duration like 250ms, 60s or 1m30s; write the unit: 60ms or 60s',
    ],
  },
  {
    name: 'wrong units',
    model: [
      ['mem_limit: 512m', 'mem_limit: 512x'],
      ['ttl: 60s', 'ttl: 60 seconds'],
    ],
    expected: [
      'models/api.yaml:17:16 services.api.mem_limit: got "512x", expected a size like 2100, 64k or 512m',
      'models/api.yaml:21:32 services.api.caches.produits.ttl: got "60 seconds", expected a duration like 250ms, 60s or 1m30s',
    ],
  },
  {
    name: 'values of 0 and below',
    model: [
      ['cores: 4', 'cores: -4'],
      ['cpus: 0.25', 'cpus: 0'],
      ['time: 0.4ms', 'time: -0.4ms'],
    ],
    expected: [
      'models/api.yaml:3:20 hosts.laptop.cores: got -4, expected a number above 0',
      'models/api.yaml:16:11 services.api.cpus: got 0, expected a number above 0',
      'models/api.yaml:26:37 services.api.routes."GET /api/produits"[1].miss[0].time: got "-0.4ms", expected a duration like 250ms, 60s or 1m30s; a duration cannot be negative',
    ],
  },
  {
    name: 'values without bound',
    model: [
      ['replicas: 2', 'replicas: 1000000000'],
      ['cores: 4', 'cores: 1e999'],
      ['threads: 40', 'threads: 1e12'],
      ['mean: 0.9ms', 'mean: 1000000d'],
    ],
    expected: [
      'models/api.yaml:3:20 hosts.laptop.cores: got Infinity, expected a number',
      'models/api.yaml:19:51 services.api.server.threads: got 1000000000000, expected a whole number of at most 1000000',
      'models/api.yaml:24:37 services.api.routes."GET /api/produits"[0].cpu.lognormal.mean: got "1000000d", expected a duration of at most 8640000 s',
    ],
  },
  {
    name: 'names that name nothing',
    model: [
      ['    on: laptop\n    cpus', '    on: lptop\n    cpus'],
      ['to: postgres', 'to: api'],
      ['cache: produits', 'cache: produit'],
      ['query: db', 'query: database'],
      ['call: stock', 'call: stok'],
      ['upstream: { api:', 'upstream: { apis:'],
      ['balancer-api:', 'balancer-apo:'],
    ],
    expected: [
      'models/api.yaml:5:52 network.balancer-apo: got "balancer-apo", expected two places with "-" between them, such as client-balancer, or default; did you mean "balancer-api"?',
      'models/api.yaml:11:15 balancer.upstream.apis: got "apis", expected a service with routes; did you mean "api"?',
      'models/api.yaml:15:9 services.api.on: got "lptop", expected a host; did you mean "laptop"?',
      'models/api.yaml:20:24 services.api.pools.db.to: got "api", a service with routes, expected a database; there is "postgres"',
      'models/api.yaml:25:18 services.api.routes."GET /api/produits"[1].cache: got "produit", expected a cache of this service; did you mean "produits"?',
      'models/api.yaml:26:27 services.api.routes."GET /api/produits"[1].miss[0].query: got "database", expected a pool of this service; there is "db"',
      'models/api.yaml:29:19 services.api.routes."GET /stock/{id}"[0].call: got "stok", expected a service with routes; did you mean "stock"?',
    ],
  },
  {
    name: 'a circle of calls',
    model: [['{ wait: 5ms }', '{ wait: 5ms }, { call: api, path: /stock/1 }']],
    expected: [
      'models/api.yaml:33:65 services.stock.routes."GET /stock".steps[1].call: got a circle: api → stock → api, expected calls that do not lead back',
    ],
  },
  {
    name: 'no host where there are several',
    model: [
      ['    on: other\n    routes', '    routes'],
      ['{ on: other, max', '{ max'],
    ],
    expected: [
      'models/api.yaml:31:5 services.stock.on: got nothing, expected the host it runs on; there is "laptop", "other"',
      'models/api.yaml:33:13 services.postgres.on: got nothing, expected the host it runs on; there is "laptop", "other"',
    ],
  },
  {
    name: 'request lines',
    model: [
      ['GET /api/produits:', '/api/produits:'],
      ['GET /stock/{id}:', 'GTE /stock/{id}:'],
      ['GET /stock:', 'GET stock:'],
    ],
    expected: [
      'models/api.yaml:23:7 services.api.routes./api/produits: got "/api/produits", expected a request line like "GET /api/produits"; write "GET /api/produits"',
      'models/api.yaml:28:7 services.api.routes."GTE /stock/{id}": got "GTE /stock/{id}", expected one of the methods GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH; did you mean "GET"?',
      'models/api.yaml:33:7 services.stock.routes."GET stock": got "GET stock", expected a path that begins with "/"; write "GET /stock"',
    ],
  },
  {
    name: 'steps',
    model: [
      ['- cpu:', '- cpuu:'],
      ['miss: [{ query: db', 'mis: [{ query: db'],
      ['respond: { status: 200', 'respond: { status: 20'],
    ],
    expected: [
      'models/api.yaml:24:11 services.api.routes."GET /api/produits"[0].cpuu: got "cpuu", expected only the keys …; did you mean "cpu"?',
      'models/api.yaml:26:11 services.api.routes."GET /api/produits"[1].mis: got "mis", expected only the keys …; did you mean "miss"?',
      'models/api.yaml:27:30 services.api.routes."GET /api/produits"[2].respond.status: got 20, expected a whole number of at least 200',
    ],
  },
  {
    name: 'what answers say',
    model: [
      ["restart: 'no'", "headers: { X-Instance-ID: '{id}' }"],
      ['respond: { status: 200, bytes: 2100 }', "respond: { text: '{instanc}' }"],
      [
        '- { call: stock, path: /stock, timeout: 2s }',
        "- respond: { text: a, headers: { 'X Id': a }, json: { a: ['{id} of {instance}', '{item}'] } }",
      ],
    ],
    expected: [
      'models/api.yaml:18:31 services.api.headers.X-Instance-ID: got "{id}", expected one of {instance}',
      'models/api.yaml:27:28 services.api.routes."GET /api/produits"[2].respond.text: got "{instanc}", expected one of {instance}; did you mean "{instance}"?',
      'models/api.yaml:29:22 services.api.routes."GET /stock/{id}"[0].respond.text: got "text" beside "json", expected one body',
      'models/api.yaml:29:40 services.api.routes."GET /stock/{id}"[0].respond.headers: got "X Id", expected the name of a header',
      'models/api.yaml:29:89 services.api.routes."GET /stock/{id}"[0].respond.json.a[1]: got "{item}", expected one of {instance}, {id}',
    ],
  },
  {
    name: 'distributions',
    model: [
      ['lognormal: { mean', 'lognornal: { mean'],
      ['zipf: 1.1', 'zipff: 1.1'],
    ],
    expected: [
      'models/api.yaml:21:45 services.api.caches.produits.keys.zipff: got "zipff", expected a distribution: one of …; did you mean "zipf"?',
      'models/api.yaml:24:18 services.api.routes."GET /api/produits"[0].cpu.lognornal: got "lognornal", expected a distribution: one of …; did you mean "lognormal"?',
    ],
  },
  {
    name: 'server',
    model: [['kind: uvicorn', 'kind: uvicron']],
    expected: [
      'models/api.yaml:19:21 services.api.server.kind: got "uvicron", expected one of …; did you mean "uvicorn"?',
    ],
  },
  {
    name: 'server kind missing',
    model: [['kind: uvicorn', 'knd: uvicorn']],
    expected: [
      'models/api.yaml:19:15 services.api.server.knd: got "knd", expected a key "kind"; did you mean "kind"?',
    ],
  },
  {
    name: 'product',
    model: [['product: nginx', 'product: ngnix']],
    expected: [
      'models/api.yaml:7:12 balancer.product: got "ngnix", expected one of …; did you mean "nginx"?',
    ],
  },
  {
    name: 'a nested wrong value',
    model: [
      ['max_fails: 1', 'max_fails: -1'],
      ['fail_timeout: 10s', 'fail_timeout: 1.5s'],
    ],
    expected: [
      'models/api.yaml:11:33 balancer.upstream.api.max_fails: got -1, expected a whole number of at least 0',
      'models/api.yaml:11:51 balancer.upstream.api.fail_timeout: got "1500ms", expected a duration of whole seconds, as nginx counts it',
    ],
  },
  {
    name: 'scrapes of nothing',
    model: [['network:', 'prometheus: { targets: [apy, stock, balancer] }\nnetwork:']],
    expected: [
      'models/api.yaml:5:25 prometheus.targets[0]: got "apy", expected a service with routes, or balancer; did you mean "api"?',
      'models/api.yaml:5:30 prometheus.targets[1]: got "stock", expected a route "GET /metrics" in stock, which says what a scrape costs',
      'models/api.yaml:5:37 prometheus.targets[2]: got "balancer", expected a route "GET /metrics" in api, which says what a scrape costs',
    ],
  },
  {
    name: 'duplicate key',
    model: [['    replicas: 2\n', '    replicas: 2\n    replicas: 3\n']],
    expected: [
      'models/api.yaml:15:5 services.api.replicas: got the key "replicas" a second time, expected each key once',
    ],
  },
  {
    name: 'tab',
    model: [['    replicas: 2\n', '	replicas: 2\n']],
    expected: ['models/api.yaml:14:1: got a tab, expected spaces; YAML is indented with spaces'],
  },
  {
    name: 'unclosed',
    model: [['laptop: { cores: 4 }', 'laptop: { cores: 4']],
    expected: [
      'models/api.yaml:4:3: got "other: { cores: 2 }", expected YAML; flow map in block collection must be sufficiently indented and end with a }',
    ],
  },
  {
    name: 'tag',
    model: [['cores: 4', 'cores: !!js/function 4']],
    expected: [
      'models/api.yaml:3:20: got "!!js/function 4 }", expected a value without a YAML tag; quote the text if it begins with "!"',
    ],
  },
  {
    name: 'unknown alias',
    model: [['cores: 4', 'cores: *four']],
    expected: ['models/api.yaml:3:20 hosts.laptop.cores: got *four, expected an anchor &four before it'],
  },
  {
    name: 'a list for a mapping',
    model: [['hosts:\n  laptop: { cores: 4 }\n  other: { cores: 2 }', 'hosts: [laptop]']],
    expected: ['models/api.yaml:2:8 hosts: got a list of 1, expected a mapping'],
  },
  {
    name: 'a number for a mapping',
    model: [['services:\n  api:\n', 'services: 5\nx-parts:\n  api:\n']],
    expected: [
      'experiments/ramp.yaml:15:3 vary."services.api.replicas": got "services.api.replicas", but services is not a mapping, expected a mapping',
      'models/api.yaml:12:11 services: got 5, expected a mapping',
    ],
  },
];

describe('a wrong model', () => {
  it.each(CASES)('is told once and in place: $name', ({ model, expected }) => {
    const text = model.reduce((edited, [from, to]) => edit(edited, from, to), MODEL);
    expect(mistakesOf(() => load(filesWith({ [MODEL_FILE]: text }))).map(brief)).toEqual(expected);
  });
});
