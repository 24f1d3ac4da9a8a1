/** The keys of a timeline file, with their units, defaults and meanings. */

import {
  anything,
  type Checked,
  choice,
  count,
  duration,
  either,
  type Field,
  list,
  mapOf,
  name,
  record,
  text,
} from '../options/fields.js';
import { type NamedOptions, type PlugChoice, plugByKey } from '../options/plug-field.js';
import { beside } from './beside.js';

/** What a request may say of itself. */
const subject = {
  key: text()
    .or(text().length(0))
    .optional()
    .describe('hash key, or the client’s address where addresses are hashed'),
  method: choice(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .default('GET')
    .describe('some balancers do not try a POST again'),
  path: text().default('/').describe('with query'),
  client: text().default('127.0.0.1').describe('address of the client'),
};

const requestField = record({ request: name().describe('its name'), ...subject });
const requestsField = record({
  requests: count({ min: 1, max: 100_000 }).describe('how many'),
  every: duration().prefault('0s').describe('time between one and the next'),
  ...subject,
});
const hostsField = either([name(), list(name())]).transform((value) =>
  Array.isArray(value) ? value : [value],
);

/** Kinds of entries that name one host or several. */
export const HOST_ACTS = ['refuse', 'drop', 'hang', 'reset', 'recover', 'remove'] as const;

/** One of {@link HOST_ACTS}. */
export type HostAct = (typeof HOST_ACTS)[number];

/** Every kind of entry, by the key that names it. */
const ACTS: readonly NamedOptions[] = [
  { name: 'request', options: requestField },
  { name: 'requests', options: requestsField },
  { name: 'end', options: record({ end: name().describe('the request that is answered now') }) },
  ...HOST_ACTS.map((act) => ({ name: act, options: record({ [act]: hostsField }) })),
  {
    name: 'status',
    options: record({ status: mapOf(count({ min: 100, max: 599 })).describe('by host: { a: 503 }') }),
  },
  {
    name: 'answer_after',
    options: record({ answer_after: mapOf(duration()).describe('by host: { a: 200ms }') }),
  },
  // Beside the host's name, the product's server parameters: they are checked when the product is known.
  { name: 'change', options: anything() },
];

/** A request as it is checked. */
export type WrittenRequest = Checked<typeof requestField>;
/** Several requests as they are checked. */
export type WrittenRequests = Checked<typeof requestsField>;

/** One entry of the timeline. */
export const entryField = beside(
  { at: duration().describe('when it happens') },
  plugByKey(() => ACTS, 'thing that happens') as Field<PlugChoice>,
  { plugs: () => ACTS },
);

/** The frame of a timeline file; its entries are checked one by one, and its balancer with the command line's options. */
export const timelineField = record({
  title: text().default('a timeline').describe('what it shows'),
  answer_after: duration().prefault('1ms').describe('how long a host takes to answer'),
  hosts: either([list(text()), mapOf(text())])
    .optional()
    .describe(
      'names or addresses in configuration order: [a, b=127.0.0.1:8002]; or a mapping of both, in the order of the names',
    ),
  balancer: mapOf(anything()).optional().describe('as in a model: product, algorithm, upstream, ...'),
  timeline: list(anything()).describe('what happens: requests, their ends, failures, recoveries'),
});
