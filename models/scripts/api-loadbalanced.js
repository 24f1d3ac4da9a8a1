// Ramps up to 1000 users on the products behind nginx: where does one instance break, and do two hold?
//   sim k6 run models/scripts/api-loadbalanced.js --model models/api-loadbalanced.yaml
//   k6 run -e BASE_URL=http://localhost:8000 models/scripts/api-loadbalanced.js
import http from 'k6/http';
import { check, sleep } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8000';

export const options = {
  stages: [
    { duration: '1m', target: 100 },
    { duration: '2m', target: 300 },
    { duration: '2m', target: 700 },
    { duration: '1m', target: 1000 },
    { duration: '30s', target: 0 },
  ],
  thresholds: {
    http_req_duration: ['p(95)<500'],
    http_req_failed: ['rate<0.1'],
  },
};

export default function () {
  const res = http.get(`${BASE_URL}/api/produits`);
  check(res, { 'status is 200': (r) => r.status === 200 });
  sleep(1);
}
