// An open load of 50 reads and 5 writes a second, with a bound for each.
//   sim k6 run models/scripts/arrival-rate.js --model models/scripts/api.yaml
import http from 'k6/http';
import { check } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const DURATION = __ENV.DURATION || '30s';

export const options = {
  discardResponseBodies: true,
  scenarios: {
    reads: {
      executor: 'constant-arrival-rate',
      rate: 50,
      timeUnit: '1s',
      duration: DURATION,
      preAllocatedVUs: 10,
      maxVUs: 100,
      exec: 'read',
      tags: { kind: 'read' },
    },
    writes: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnit: '1m',
      preAllocatedVUs: 5,
      stages: [
        { target: 300, duration: '5s' },
        { target: 300, duration: DURATION },
      ],
      exec: 'write',
      tags: { kind: 'write' },
    },
  },
  thresholds: {
    'http_req_duration{kind:read}': ['p(95)<250', 'p(99)<500'],
    'http_req_duration{kind:write}': ['p(95)<400'],
    'http_req_failed{kind:read}': ['rate<0.01'],
    'checks{kind:write}': ['rate>0.99'],
    dropped_iterations: ['count<100'],
  },
};

export function read() {
  http.get(`${BASE_URL}/api/quotes`);
}

export function write() {
  const res = http.post(`${BASE_URL}/api/quotes`, JSON.stringify({ text: 'Cut once' }), {
    headers: { 'Content-Type': 'application/json' },
  });
  check(res, { created: (r) => r.status === 201 });
}
