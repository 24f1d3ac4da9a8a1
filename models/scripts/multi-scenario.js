// Visitors, buyers and an hourly job at once, each with its own executor, function, environment and tags.
//   sim k6 run models/scripts/multi-scenario.js --model models/scripts/shop.yaml
import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const DURATION = __ENV.DURATION || '20s';

export const options = {
  scenarios: {
    visitors: {
      executor: 'ramping-vus',
      startVUs: 0,
      stages: [
        { duration: '5s', target: 20 },
        { duration: DURATION, target: 20 },
        { duration: '5s', target: 0 },
      ],
      gracefulRampDown: '2s',
      exec: 'visit',
      tags: { who: 'visitor' },
    },
    buyers: {
      executor: 'constant-arrival-rate',
      rate: 5,
      duration: DURATION,
      startTime: '5s',
      preAllocatedVUs: 5,
      maxVUs: 20,
      exec: 'buy',
      env: { PAYMENT: 'card' },
      tags: { who: 'buyer' },
    },
    job: {
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      startTime: '10s',
      maxDuration: '30s',
      exec: 'report',
    },
  },
  thresholds: {
    'http_req_duration{scenario:visitors}': ['p(95)<200'],
    'http_req_duration{who:buyer}': ['p(95)<500'],
    'http_req_failed{scenario:job}': ['rate==0'],
  },
};

export function visit() {
  http.get(`${BASE_URL}/`);
  sleep(1);
  http.get(`${BASE_URL}/products`);
  sleep(1);
}

export function buy() {
  const res = http.post(`${BASE_URL}/orders`, JSON.stringify({ payment: __ENV.PAYMENT }));
  check(res, { paid: (r) => r.json('state') === 'paid' });
}

export function report() {
  for (let page = 1; page <= 20; page++) {
    http.get(`${BASE_URL}/products?page=${page}`, { tags: { name: 'products by page' } });
  }
  console.log(`${exec.scenario.name} read 20 pages in ${Math.round(exec.instance.currentTestRunDuration / 1000)} s`);
}
