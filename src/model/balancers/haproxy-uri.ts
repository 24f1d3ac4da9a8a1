import { type Checked, count, flag, record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { createHashMethod } from '../products/haproxy/hash-lookup.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';
import { uriPart } from '../products/haproxy/request-parts.js';

const options = record({
  whole: flag().default(false).describe('the query too'),
  'path-only': flag().default(false).describe('without scheme and host; those are never there here'),
  len: count({ min: 1 }).optional().describe('characters of the URI that count; all unless told'),
  depth: count({ min: 1 }).optional().describe('levels of directories that count; all unless told'),
});

/** HAProxy's `balance uri`. */
export const haproxyUri: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-uri',
  product: 'haproxy',
  word: 'uri',
  summary: 'the same server for the same path, or as much of it as len and depth say',
  source: 'HAProxy 2.6.12, backend.c (get_server_uh); picks compared with the real program',
  options,
  example: 'algorithm: { uri: { whole: true, len: 40 } }',
  hashes: true,
  queuesBehind: false,
  keyed: { options: { whole: true }, subject: (path) => plainSubject({ path }) },
  maybeOptions: (words) => {
    const read: Record<string, unknown> = {};
    const list = words.trim().split(/\s+/);
    while (list.length > 0) {
      const word = list.shift()!;
      if (word === 'whole' || word === 'path-only') read[word] = true;
      else if (word === 'len' || word === 'depth') read[word] = Number(list.shift());
      else return undefined;
    }
    return read;
  },
  create: (checked: Checked<typeof options>, { table }) => {
    const part = { whole: checked.whole, length: checked.len ?? 0, depth: checked.depth ?? 0 };
    return createHashMethod({ partOf: ({ subject }) => uriPart(subject, part), skipsIfAlone: true }, table);
  },
};
