import { check } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 2,
  iterations: 10,
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<2000', 'avg<1'],
    checks: ['rate>0.9'],
    iterations: ['count<10'],
  },
};

export default function () {
  check(http.get(`${__ENV.BASE}/`), { 'is 201': (r) => r.status === 201 });
  http.get(`${__ENV.BASE}/error`);
}
