import { type Checked, flag, record, text } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { createHashMethod } from '../products/haproxy/hash-lookup.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';
import { domainOf, headerValue } from '../products/haproxy/request-parts.js';

const options = record({
  name: text().describe('the header whose first value is hashed'),
  use_domain_only: flag()
    .default(false)
    .describe('of a host name only the part before the last dot, from the dot before it on'),
});

/** HAProxy's `balance hdr(NAME)`. */
export const haproxyHdr: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-hdr',
  product: 'haproxy',
  word: 'hdr',
  summary: 'the same server for the same value of a header; round robin where it is missing',
  source: 'HAProxy 2.6.12, backend.c (get_server_hh); picks compared with the real program',
  options,
  example: 'algorithm: hdr(X-User)',
  hashes: true,
  queuesBehind: false,
  keyed: { options: { name: 'key' }, subject: (key) => plainSubject({ headers: { key } }) },
  maybeOptions: (words) => {
    // The brackets have gone, or what stands behind them is still there.
    const [, name, modifier] = /^\s*([^\s()]+)\)?(?:\s+(\S+))?\s*$/.exec(words) ?? [];
    if (name === undefined || (modifier !== undefined && modifier !== 'use_domain_only')) return undefined;
    return { name, use_domain_only: modifier !== undefined };
  },
  create: (checked: Checked<typeof options>, { table }) => {
    const name = checked.name.toLowerCase();
    const domainOnly = checked.use_domain_only;
    return createHashMethod(
      {
        partOf: ({ subject }) => {
          const value = headerValue(subject, name);
          return value !== undefined && domainOnly ? domainOf(value) : value;
        },
        skipsIfAlone: true,
      },
      table,
    );
  },
};
