import { alike, plainDialect } from './plain.js';

/**
 * Probes are answered at once, and find idle hosts without a latency: the newest probe is used, of a host drawn uniformly.
 * Among a few hosts a probe finds its host in the pool already, so that picks repeat, but they favour none.
 */
export const dialect = plainDialect('prequal', [
  { name: 'prequal-hcl', algorithm: 'hcl', shares: alike },
  { name: 'prequal-hcl without probes', algorithm: { hcl: { r_probe: 0 } }, shares: alike },
]);
