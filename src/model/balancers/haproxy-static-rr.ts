import { record } from '../../options/fields.js';
import { ServerMap } from '../products/haproxy/map.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';

const options = record({});

/** HAProxy's `balance static-rr`. */
export const haproxyStaticRr: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-static-rr',
  product: 'haproxy',
  word: 'static-rr',
  summary: 'each server in turn by its weight, along a fixed table',
  source: 'HAProxy 2.6.12, lb_map.c; picks compared with the real program',
  options,
  example: 'algorithm: static-rr',
  hashes: false,
  queuesBehind: true,
  create: (_options, { table }) => {
    const map = new ServerMap(table);
    return { isStatic: true, pick: map.next.bind(map), update: map.update, weightOf: map.weightOf };
  },
};
