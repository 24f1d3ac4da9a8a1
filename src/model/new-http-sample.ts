import type { HttpSample } from '../metrics/sink.js';

/** A sample to be filled in: all fields, so that it never changes its form. */
export function newHttpSample(): HttpSample {
  return {
    endNs: 0,
    blockedNs: 0,
    connectingNs: 0,
    tlsHandshakingNs: 0,
    sendingNs: 0,
    waitingNs: 0,
    receivingNs: 0,
    status: 0,
    errorCode: 0,
    failed: false,
    unjudged: false,
    method: '',
    name: '',
    scenario: '',
    group: '',
    servedBy: -1,
    tags: undefined,
    error: undefined,
  };
}
