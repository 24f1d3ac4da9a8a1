/** The keys of a model file, with their units, defaults and meanings. */

import { headersField } from '../model/answer-fields.js';
import { dnsSelectField } from '../model/dns-select.js';
import {
  anything,
  bytes,
  type Checked,
  choice,
  count,
  duration,
  either,
  type Field,
  flag,
  list,
  mapOf,
  name,
  number,
  record,
  text,
} from '../options/fields.js';
import { type PlugChoice, plugByKind } from '../options/plug-field.js';
import { durationDistribution, numberDistribution } from '../random/fields.js';
import { beside, chosen } from './beside.js';
import { calibrationField } from './calibration.js';
import { products, servers, stepField } from './catalogues.js';
import { hasRoutes } from './model-names.js';

const MIB = 1024 * 1024;

const hostField = record({
  cores: number({ above: 0, max: 4096 }).describe('cores shared by everything that is placed on the host'),
  speed: number({ above: 0, max: 1000 })
    .default(1)
    .describe('work per second of CPU: demands are CPU time at speed 1, except of `burn`'),
  tick: duration()
    .default(0)
    .describe(
      'how often the kernel looks whether a quota is used up: 4ms with CONFIG_HZ=250; 0: at every instant',
    ),
  drift: record({
    sigma: number({ min: 0, max: 2 }).describe('standard deviation of the logarithm of its slowness'),
    time: duration({ minNs: 1 }).prefault('15s').describe('after so long the correlation is 1/e'),
  })
    .optional()
    .describe(
      'how the machine’s speed wanders, for others use it as well: the CPU of framework, drivers and `cpu` steps of its services',
    ),
}).describe('a machine');

/** A machine, checked: cores that all placed on it share; times in ns. */
export type HostSpec = Checked<typeof hostField>;

const linkField = either([
  durationDistribution(),
  record({ latency: durationDistribution().describe('one way') }),
]).describe('one-way latency between two places');

const cpus = () => number({ above: 0, max: 4096 });
const CPUS_MEANING =
  "Docker's --cpus: cores' worth of CPU time per period, then throttled until the next; no quota if absent";

/** Keys that everything with CPU of its own has. */
const placed = {
  on: name().optional().describe('the host it runs on; needed where there are several'),
  cpu_period: duration({ minNs: 1_000_000, maxNs: 1_000_000_000 })
    .prefault('100ms')
    .describe('length of the quota’s period'),
  cpu_shares: count({ min: 2, max: 262_144 })
    .default(1024)
    .describe("Docker's --cpu-shares: weight where the host's cores do not suffice for all"),
};

const poolField = record({
  to: name().describe('the database'),
  pool_size: count({ min: 1, max: 100_000 }).default(5).describe('connections kept open (SQLAlchemy)'),
  max_overflow: count({ max: 100_000 }).default(10).describe('more that may be opened at need (SQLAlchemy)'),
  pool_timeout: duration().prefault('30s').describe('how long a request waits for a connection (SQLAlchemy)'),
  connect_cpu: durationDistribution()
    .prefault('0s')
    .describe('CPU of the driver to open a connection, in the instance'),
  rollback_cpu: durationDistribution()
    .prefault('0s')
    .describe(
      'CPU of the database for the ROLLBACK when a connection comes back (reset_on_return), a question of its own; 0: none',
    ),
}).describe('a connection pool, one per process');

const cacheField = record({
  ttl: duration({ minNs: 1 }).optional().describe('how long an entry stays fresh; for ever if absent'),
  size: count({ min: 1, max: 1_000_000_000 })
    .optional()
    .describe('entries kept, the least recently used leaves first; no limit if absent'),
  single_flight: flag()
    .default(false)
    .describe('while one request fetches a missing entry, the others wait for it'),
  keys: numberDistribution()
    .default({ kind: 'constant', options: { value: 1 } })
    .describe('which entry a request asks for, as a whole number; always the same one if absent'),
}).describe('an in-process cache, one per process');

const stepsField = list(stepField());
const routeField = either([
  stepsField,
  record({
    async: flag()
      .default(false)
      .describe('true: a coroutine (`async def`): its cpu steps run on the event loop'),
    steps: stepsField.describe('what the handler does, in this order'),
  }),
]);

const memoryField = either([
  bytes(),
  record({
    base: bytes()
      .default(80 * MIB)
      .describe('resident memory of an idle instance'),
    per_connection: bytes().default(0).describe('per open connection'),
    per_request: bytes().default(0).describe('per request in flight'),
  }),
]);

const serviceField = record({
  ...placed,
  cpus: either([cpus(), list(cpus())])
    .optional()
    .describe(`${CPUS_MEANING}; a list has one for each replica`),
  replicas: count({ min: 1, max: 10_000 }).default(1).describe('instances: NAME-1, NAME-2, ...'),
  mem_limit: bytes().optional().describe('beyond it the kernel kills the instance; no limit if absent'),
  memory: memoryField.prefault({}).describe('resident memory of an instance'),
  restart: choice(['no', 'always', 'on-failure', 'unless-stopped'])
    .default('no')
    .describe("Docker's restart policy"),
  start_time: durationDistribution()
    .prefault('1s')
    .describe('from the start of the process until it listens'),
  head_bytes: bytes().default(126).describe("status line and headers of an answer; uvicorn's five lines"),
  headers: headersField().describe(
    'headers of every answer beside those; {instance} is the name of the instance',
  ),
  server: plugByKind(() => servers)
    .prefault('uvicorn')
    .describe('what turns connections into work: processes, threads, event loop, backlog'),
  pools: mapOf(poolField).default({}).describe('connection pools by name'),
  caches: mapOf(cacheField).default({}).describe('caches by name'),
  routes: mapOf(routeField).describe('what a request costs, by request line: "GET /api/produits"'),
}).describe('a service with instances');

const databaseField = record({
  ...placed,
  cpus: cpus().optional().describe(CPUS_MEANING),
  max_connections: count({ min: 1, max: 1_000_000 }).default(100).describe("PostgreSQL's max_connections"),
  connect_time: durationDistribution().prefault('0s').describe('time to open a connection without CPU'),
  connect_cpu: durationDistribution()
    .prefault('0s')
    .describe('CPU to open a connection, on the database’s host: fork, authentication, catalogues'),
}).describe('a PostgreSQL-like database');

const serviceOrDatabaseField = chosen(
  [
    { name: 'service', options: serviceField },
    { name: 'database', options: databaseField },
  ],
  (value) => (hasRoutes(value) ? 'service' : 'database'),
);

/** A checked service as the file has it: its keys, its units. */
export type WrittenService = Checked<typeof serviceField>;
/** A checked database as the file has it. */
export type WrittenDatabase = Checked<typeof databaseField>;

/** More would not stand behind one name. */
const BALANCERS_MAX = 100;

const balancerOwn = {
  on: name().optional().describe('the host it runs on; without one it is never short of CPU'),
  replicas: count({ min: 1, max: BALANCERS_MAX })
    .default(1)
    .describe('balancers side by side, each with its own view of the instances: balancer-1, balancer-2, ...'),
  select: dnsSelectField()
    .default('random')
    .describe('which of several a client’s new connection goes to: k6’s dns.select'),
};

/** The keys of a balancer that are not its product's. */
export const BALANCER_KEYS: readonly string[] = ['product', ...Object.keys(balancerOwn)];

const balancerField = beside(balancerOwn, plugByKind(() => products, 'product') as Field<PlugChoice>, {
  plugs: () => products,
  kindKey: 'product',
});

const prometheusField = record({
  scrape_interval: duration({ minNs: 1_000_000 })
    .prefault('1m')
    .describe('from one scrape of a target to its next'),
  scrape_timeout: duration({ minNs: 1_000_000 }).prefault('10s').describe('then a scrape is given up'),
  metrics_path: text().default('/metrics').describe('what is asked for; a service needs a route for it'),
  targets: list(name()).describe('services, of which every instance is a target, and `balancer`'),
}).describe('Prometheus, whose scrapes are requests like others, but counted in no report');

const modelShape = {
  title: text().default('a model').describe('what the model is of'),
  hosts: mapOf(hostField).describe('machines by name'),
  network: mapOf(linkField)
    .default({})
    .describe(
      'one-way latencies by pair of places (client-balancer, balancer-api, api-postgres), and `default`',
    ),
  balancer: balancerField
    .optional()
    .describe('what stands in front of the services; without one, clients call the service'),
  services: mapOf(serviceOrDatabaseField).describe('services with routes, and databases, by name'),
  prometheus: prometheusField.optional(),
  calibration: calibrationField.optional(),
  // Anchors need a place to be defined in; Docker Compose ignores keys with this prefix as well.
  'x-parts': anything().optional().describe('ignored: a place for YAML anchors'),
};

/** A model file. */
export const modelField = record(modelShape).describe('a model: the system itself');

/** The keys of a model, which `vary` tells from those of an experiment. */
export const MODEL_KEYS: readonly string[] = Object.keys(modelShape).filter((key) => key !== 'title');
