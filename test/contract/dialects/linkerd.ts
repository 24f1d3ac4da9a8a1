import { alike, plainDialect } from './plain.js';

/** Under a clock that stands still, estimates stay at 30 ms: the first drawn of two equals is taken, each host alike. */
export const dialect = plainDialect('linkerd', [
  { name: 'linkerd-p2c-peak-ewma', algorithm: 'p2c_peak_ewma', shares: alike },
  { name: 'linkerd-p2c-peak-ewma penalty', algorithm: { p2c_peak_ewma: { penalty: '5s' } }, shares: alike },
]);
