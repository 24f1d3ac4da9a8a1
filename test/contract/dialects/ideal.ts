import { alike, plainDialect } from './plain.js';

/** Tolerance of 150 in 4000: 4.5 binomial standard deviations at p = 0.4 are 140; at p = 0.25, where weights are not looked at, 123. */
export const dialect = plainDialect('ideal', [
  { name: 'ideal-random', algorithm: 'random' },
  { name: 'ideal-round-robin', algorithm: 'round_robin', shares: alike },
  { name: 'ideal-jsq', algorithm: 'jsq', shares: alike },
  { name: 'ideal-jsq-d', algorithm: 'jsq_d', shares: alike },
  {
    name: 'ideal-jsq-d 3 with replacement',
    algorithm: { jsq_d: { d: 3, replacement: true } },
    shares: alike,
  },
  { name: 'ideal-jiq', algorithm: 'jiq', shares: alike },
]);
