import { record } from '../../options/fields.js';
import type { NginxMethodPlug } from '../products/nginx/method.js';
import { pickRoundRobin } from '../products/nginx/peers.js';

const options = record({});

/** nginx's default method: smooth weighted round robin. */
export const nginxRoundRobin: NginxMethodPlug<typeof options> = {
  name: 'nginx-round-robin',
  product: 'nginx',
  word: 'round_robin',
  summary: 'each server in turn, in proportion to its weight and spread evenly',
  source: 'nginx 1.22.1, ngx_http_upstream_round_robin.c (ngx_http_upstream_get_peer)',
  options,
  example: 'algorithm: round_robin',
  allowsBackup: true,
  create: () => ({ pick: pickRoundRobin }),
};
