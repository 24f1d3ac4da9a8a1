import {
  type Checked,
  count,
  duration,
  either,
  fail,
  flag,
  list,
  mapOf,
  number,
  record,
} from '../../../options/fields.js';
import { durationDistribution } from '../../../random/fields.js';
import { algorithmField } from '../../algorithm-field.js';
import type { HostAddress } from '../../balancer.js';
import type { PlainServer } from './host.js';
import type { PlainProductName } from './method.js';
import { plainMethod, plainMethods } from './methods.js';

const weight = () => number({ above: 0, max: 65_535 });

/** Parameters of one server, all optional: what `servers:` and a change of a running balancer may say. */
export const plainServerParameters = record({
  weight: weight().optional().describe('share of the requests, where the algorithm looks at it'),
  down: flag().optional().describe('true: not in the list of servers'),
});

const upstreamField = record({
  weight: either([weight(), list(weight())])
    .optional()
    .describe('share of the requests: one number, or one per replica; 1 if absent'),
  down: flag().default(false).describe('true: not in the list of servers'),
  servers: mapOf(plainServerParameters)
    .default({})
    .describe('parameters of single servers, by name: { api-2: { down: true } }'),
});

/** The keys that all plain products have. */
export function plainShape(product: PlainProductName, fallback: string) {
  const methods = plainMethods(product);
  return {
    algorithm: algorithmField(methods, fallback).describe(methods.map(({ word }) => word).join(', ')),
    upstream: mapOf(upstreamField.prefault({}))
      .default({})
      .describe('server parameters by service: { api: { servers: { api-2: { down: true } } } }'),
    dispatchers: count({ min: 1, max: 1024 })
      .default(1)
      .describe(
        'balancers beside each other, each of which knows of its own requests only; a client stays with one',
      ),
    connect_timeout: duration({ minNs: 1 })
      .prefault('1s')
      .describe('for the handshake with a server; then 504'),
    request_timeout: duration({ minNs: 1 }).prefault('60s').describe('for the answer of a server; then 504'),
    retries: count({ max: 1000 })
      .default(0)
      .describe('further servers asked when a connection fails or breaks; each is picked afresh'),
    keepalive: count()
      .default(1_000_000)
      .describe('idle connections each dispatcher keeps to each server; 0: none'),
    backlog: count({ min: 1 }).default(4096).describe('connections that may wait to be accepted'),
    cpu: durationDistribution()
      .prefault('0s')
      .describe('CPU per request: half before a server is picked, half for every answer (or failure) of one'),
  };
}

const commonOptions = () => record(plainShape('ideal', 'random'));
/** What all plain products' options have after checking: durations in ns. */
export type PlainOptions = Checked<ReturnType<typeof commonOptions>>;
/** Parameters of one server after checking. */
export type PlainParameters = Checked<typeof plainServerParameters>;

/** Tells of weights that the algorithm would not look at. */
export function refuseUnusedWeights(
  product: PlainProductName,
  value: Pick<PlainOptions, 'algorithm' | 'upstream'>,
  context: Parameters<typeof fail>[0],
): void {
  if (value.algorithm.name === '') return; // was told
  const method = plainMethod(product, value.algorithm);
  if (method.usesWeights) return;
  for (const [service, { weight: own, servers }] of Object.entries(value.upstream)) {
    const named = Object.entries(servers).find(([, parameters]) => parameters.weight !== undefined);
    if (own === undefined && named === undefined) continue;
    const path = own !== undefined ? ['weight'] : ['servers', named![0], 'weight'];
    const got = own ?? named![1].weight;
    fail(context, got, `no weight with ${method.word}: it does not look at weights`, undefined, [
      'upstream',
      service,
      ...path,
    ]);
  }
}

/** The servers behind a balancer. What is said of one alone comes before what is said of its service. */
export function plainServers(
  options: Pick<PlainOptions, 'upstream'>,
  hosts: readonly HostAddress[],
  changes: ReadonlyMap<string, PlainParameters>,
): PlainServer[] {
  const seen = new Map<string, number>();
  return hosts.map(({ name, service }) => {
    const replica = seen.get(service) ?? 0;
    seen.set(service, replica + 1);
    const upstream = options.upstream[service];
    const weights = upstream?.weight ?? 1;
    const own = { ...upstream?.servers[name], ...changes.get(name) };
    return {
      name,
      weight: own.weight ?? (Array.isArray(weights) ? (weights[replica] ?? 1) : weights),
      down: own.down ?? upstream?.down ?? false,
    };
  });
}
