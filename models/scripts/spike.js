// Quiet, then a spike of 300 users within ten seconds, then quiet again: does the API come back?
//   sim k6 run models/scripts/spike.js --model models/scripts/api.yaml
import http from 'k6/http';
import { check, sleep } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const SCALE = Number(__ENV.SCALE || 1); // 0.1: everything in a tenth of the time
const seconds = (s) => `${Math.round(s * SCALE * 1000)}ms`;

export const options = {
  stages: [
    { duration: seconds(20), target: 10 },
    { duration: seconds(10), target: 300 },
    { duration: seconds(30), target: 300 },
    { duration: seconds(10), target: 10 },
    { duration: seconds(30), target: 10 },
    { duration: seconds(5), target: 0 },
  ],
  thresholds: { http_req_failed: [{ threshold: 'rate<0.05', abortOnFail: true, delayAbortEval: '10s' }] },
};

export default function () {
  const res = http.get(`${BASE_URL}/api/quotes`);
  check(res, { 'status was 200': (r) => r.status == 200, 'not too slow': (r) => r.timings.duration < 2000 });
  sleep(1);
}
