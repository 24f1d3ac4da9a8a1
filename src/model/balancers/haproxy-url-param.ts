import { type Checked, record, text } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { createHashMethod } from '../products/haproxy/hash-lookup.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';
import { urlParameter } from '../products/haproxy/request-parts.js';

const options = record({ name: text().describe('the parameter of the query whose value is hashed') });

/**
 * HAProxy's `balance url_param`.
 *
 * Limits: no `check_post`, for bodies have no content here.
 */
export const haproxyUrlParam: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-url-param',
  product: 'haproxy',
  word: 'url_param',
  summary: 'the same server for the same value of a query parameter; round robin where it is missing',
  source: 'HAProxy 2.6.12, backend.c (get_server_ph); picks compared with the real program',
  options,
  example: 'algorithm: url_param user',
  hashes: true,
  queuesBehind: false,
  keyed: { options: { name: 'key' }, subject: (key) => plainSubject({ path: `/?key=${key}` }) },
  maybeOptions: (words) => (/^\S+$/.test(words.trim()) ? { name: words.trim() } : undefined),
  create: (checked: Checked<typeof options>, { table }) =>
    createHashMethod(
      { partOf: ({ subject }) => urlParameter(subject, checked.name), skipsIfAlone: false },
      table,
    ),
};
