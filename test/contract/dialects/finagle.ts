import { alike, plainDialect } from './plain.js';

/**
 * Idle hosts in turn: P2C takes the first drawn of two equals, each host alike. The heap gives a host that became idle a
 * place drawn at random, but the first places go round: its shares are alike within the same bound. Peak EWMA under a
 * clock that stands still has seen latencies of 0 only, and all loads are 0.
 */
export const dialect = plainDialect('finagle', [
  { name: 'finagle-p2c', algorithm: 'p2c', shares: alike },
  { name: 'finagle-p2c-peak-ewma', algorithm: 'p2c_peak_ewma', shares: alike },
  { name: 'finagle-heap', algorithm: 'heap', shares: alike },
  { name: 'finagle-round-robin', algorithm: 'round_robin', shares: alike },
]);
