import {
  type Checked,
  choice,
  count,
  duration,
  either,
  fail,
  literal,
  mapOf,
  record,
  text,
} from '../../../options/fields.js';
import { durationDistribution } from '../../../random/fields.js';
import { algorithmField } from '../../algorithm-field.js';
import { HASH_FUNCTIONS, type HashFunction } from './hash.js';
import { haproxyMethods } from './methods.js';
import { optionField } from './option-lines.js';
import { retryOnField } from './retry-on.js';
import { serversField } from './server-options.js';
import type { HashType } from './table.js';

/** Connections of the process without `maxconn`: what it computes from the 1,048,576 files that systemd lets it open. */
const MAXCONN_DEFAULT = 524_272;

/** `hash-type` as a configuration has it: `map-based`, `consistent djb2 avalanche`. */
function hashTypeField() {
  return text()
    .transform((value, context): Omit<HashType, 'balanceFactor'> => {
      const [method, name, modifier, ...more] = value.trim().split(/\s+/);
      const isMethod = method === 'map-based' || method === 'consistent';
      const isFunction = name === undefined || (HASH_FUNCTIONS as readonly string[]).includes(name);
      const isModifier = modifier === undefined || modifier === 'avalanche';
      if (!isMethod || !isFunction || !isModifier || more.length > 0) {
        const functions = HASH_FUNCTIONS.join(' | ');
        fail(context, value, `map-based | consistent, then ${functions}, then avalanche`);
        return { method: 'map-based', function: 'sdbm', avalanche: false };
      }
      return {
        method,
        function: (name ?? 'sdbm') as HashFunction,
        // Without a function, consistent hashing is not left to a bare sdbm.
        avalanche: modifier === 'avalanche' || (method === 'consistent' && name === undefined),
      };
    })
    .prefault('map-based');
}

const timeoutField = record({
  connect: duration()
    .optional()
    .describe('for the handshake with a server, then 503; also bounds the wait before a retry'),
  server: duration().optional().describe('for the answer of a server; then 504'),
  client: duration()
    .optional()
    .describe('how long an idle client connection is kept, without http-keep-alive'),
  queue: duration().optional().describe('in a queue, then 503; connect unless told'),
  'http-keep-alive': duration().optional().describe('how long an idle client connection is kept'),
  check: duration()
    .optional()
    .describe('for the answer to a health check, once the connection stands; inter unless told'),
});

/** HAProxy's options with its words and defaults; a record, so that `input/` can add keys of its own. */
export const haproxyOptions = record({
  algorithm: algorithmField(haproxyMethods, 'roundrobin').describe(
    'what `balance` says: roundrobin, static-rr, leastconn, first, source, uri, url_param, hdr(NAME) or random(DRAWS)',
  ),
  'hash-type': hashTypeField().describe('map-based or consistent, hash function and avalanche, as one text'),
  'hash-balance-factor': either([literal(0), count({ min: 101, max: 65_535 })])
    .default(0)
    .describe('with consistent hashing: percent of the mean load that a server may have; 0: any'),
  upstream: mapOf(serversField.prefault({}))
    .default({})
    .describe('server parameters by service: { api: { weight: [3, 2, 1], maxconn: 30, check: true } }'),
  option: optionField()
    .prefault([])
    .describe('option lines: redispatch [n], allbackups, httpchk [METHOD] URI, http-server-close, httpclose'),
  retries: count().default(3).describe('tries after the first, when a connection fails'),
  'retry-on': retryOnField().describe(
    'conn-failure, empty-response, response-timeout, all-retryable-errors, none, or statuses such as 503',
  ),
  timeout: timeoutField.prefault({}).describe('each as long as it takes, unless told'),
  maxconn: count({ min: 1 })
    .default(MAXCONN_DEFAULT)
    .describe('client connections at once; further ones wait in the backlog'),
  backlog: count({ min: 1 })
    .optional()
    .describe('connections that may wait to be accepted; maxconn unless told'),
  fullconn: count({ min: 1 })
    .optional()
    .describe('requests in the backend at which minconn has become maxconn; a tenth of maxconn unless told'),
  nbthread: either([count({ min: 1, max: 64 }), literal('auto')])
    .default('auto')
    .describe('event loops; as many as cores unless told'),
  'http-reuse': choice(['never', 'safe', 'aggressive', 'always'])
    .default('safe')
    .describe(
      'whose idle server connections a request may take; safe: not for the first request of a client',
    ),
  'spread-checks': count({ max: 50 })
    .default(0)
    .describe('percent by which the time between checks is drawn'),
  cpu: durationDistribution()
    .prefault('40us')
    .describe('CPU per request: half before a server is picked, half for every answer (or failure) of one'),
});

/** HAProxy's options after checking: durations in ns. */
export type HaproxyOptions = Checked<typeof haproxyOptions>;
