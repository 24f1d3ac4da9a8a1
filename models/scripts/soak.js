// The same load for hours: does anything leak? HOURS=0.01 is a short one.
//   sim k6 run models/scripts/soak.js --model models/scripts/api.yaml -e HOURS=0.01
import http from 'k6/http';
import { check, sleep } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const HOURS = parseFloat(__ENV.HOURS || '4');
const seconds = Math.max(3, Math.round(HOURS * 3600));

export const options = {
  stages: [
    { duration: `${Math.max(1, Math.round(seconds / 24))}s`, target: 40 },
    { duration: `${seconds}s`, target: 40 },
    { duration: '1s', target: 0 },
  ],
  thresholds: { http_req_duration: ['p(99)<1500'], http_req_failed: ['rate<0.01'] },
  discardResponseBodies: true,
};

export default function () {
  const responses = http.batch([
    ['GET', `${BASE_URL}/api/health`, null, { tags: { name: 'health' } }],
    ['GET', `${BASE_URL}/api/quotes`, null, { tags: { name: 'quotes' } }],
  ]);
  check(responses, { 'all are 200': (rs) => rs.every((r) => r.status === 200) });
  sleep(1);
}
