import type { HttpSample } from '../../src/metrics/sink.js';

/** A request as the recorder gets it: 200 after 10 ms, on a reused connection, unless said otherwise. */
export function httpSample(change: Partial<HttpSample> = {}): HttpSample {
  return {
    endNs: 0,
    blockedNs: 2_000,
    connectingNs: 0,
    tlsHandshakingNs: 0,
    sendingNs: 100_000,
    waitingNs: 9_800_000,
    receivingNs: 100_000,
    status: 200,
    errorCode: 0,
    failed: false,
    method: 'GET',
    name: '/api/produits',
    scenario: 'default',
    group: '',
    servedBy: 0,
    ...change,
  };
}
