import {
  type Checked,
  choice,
  count,
  duration,
  either,
  flag,
  list,
  mapOf,
  record,
} from '../../../options/fields.js';
import { WEIGHT_MAX } from './server.js';

const weight = () => count({ max: WEIGHT_MAX });

const parameters = {
  maxconn: count().describe('requests at once, beyond which they queue; 0: no limit'),
  minconn: count().describe('with it, maxconn grows from here as the backend comes to its fullconn'),
  maxqueue: count().describe('requests that may wait for this very server; 0: no limit'),
  slowstart: duration().describe('after a recovery weight and maxconn grow for so long, in steps of seconds'),
  backup: flag().describe('used only when no server that is no backup is up'),
  disabled: flag().describe('starts in maintenance'),
  check: flag().describe('its health is checked'),
  inter: duration({ minNs: 1e6 }).describe('between two health checks'),
  fastinter: duration({ minNs: 1e6 }).describe('the same while the state changes; inter unless told'),
  downinter: duration({ minNs: 1e6 }).describe('the same while the server is down; inter unless told'),
  fall: count({ min: 1 }).describe('checks in a row that must fail before it is down'),
  rise: count({ min: 1 }).describe('checks in a row that must pass before it is up again'),
  observe: choice(['none', 'layer4', 'layer7']).describe(
    'requests tell of its health, too: by their connections, or by their answers',
  ),
  'error-limit': count({ min: 1 }).describe('errors in a row that observe suffers'),
  'on-error': choice(['fastinter', 'fail-check', 'sudden-death', 'mark-down']).describe(
    'what then happens: checks come faster; one check counts as failed; all but the last, and one; it is down',
  ),
  'pool-max-conn': count().describe('idle connections that are kept, of all threads'),
  'pool-low-conn': count().describe('idle connections beyond what was needed of late that are kept'),
  'pool-purge-delay': duration().describe(
    'after so long half of what was not needed is closed; 0: none is kept',
  ),
  'max-reuse': count().describe('requests on one connection after its first'),
};

const optional = Object.fromEntries(
  Object.entries(parameters).map(([key, field]) => [key, field.optional()]),
) as { [Key in keyof typeof parameters]: ReturnType<(typeof parameters)[Key]['optional']> };

const singleServer = record({ weight: weight().optional(), ...optional });

/** Parameters of the servers of one service: `server` lines and their `default-server`. */
export const serversField = record({
  weight: either([weight(), list(weight())])
    .default(1)
    .describe('share of the requests, 0 to 256: one number, or one per replica'),
  ...optional,
  servers: mapOf(singleServer)
    .default({})
    .describe('parameters of single servers, by name: { api-2: { backup: true } }'),
});

/** What the runtime API can change of a server: `set server` and `set maxconn server`. */
export const serverChangeField = record({
  weight: weight().optional().describe('0 to 256; only 0 and what is configured with static algorithms'),
  maxconn: count().optional(),
  state: choice(['ready', 'drain', 'maint'])
    .optional()
    .describe('drain: no new requests; maint: no checks either'),
  disabled: flag().optional().describe('true: state maint; false: state ready'),
  health: choice(['up', 'down']).optional().describe('as if its checks had found it so'),
});

/** Checked parameters of a single server. */
export type SingleServerOptions = Checked<typeof singleServer>;
/** A checked change. */
export type ServerChange = Checked<typeof serverChangeField>;
