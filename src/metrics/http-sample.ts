import type { HttpSample } from './sink.js';

/** A sample to be filled in, and used again for every request. */
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
