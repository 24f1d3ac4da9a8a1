import { record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { hashAddress } from '../products/haproxy/hash.js';
import { createHashMethod } from '../products/haproxy/hash-lookup.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';

const options = record({});

/** HAProxy's `balance source`. */
export const haproxySource: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-source',
  product: 'haproxy',
  word: 'source',
  summary: 'the same server for the same client address',
  source: 'HAProxy 2.6.12, backend.c (get_server_sh); picks compared with the real program',
  options,
  example: 'algorithm: source',
  hashes: true,
  queuesBehind: false,
  keyed: { options: {}, subject: (clientAddress) => plainSubject({ clientAddress }) },
  create: (_options, { table }) =>
    createHashMethod(
      { partOf: ({ subject }) => hashAddress(subject.clientAddress), skipsIfAlone: true },
      table,
    ),
};
