import { check } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 2,
  iterations: 10,
  thresholds: {
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<2000', 'avg<1000', { threshold: 'max<5000', abortOnFail: false }],
    checks: ['rate>0.9'],
    iterations: ['count==10'],
    'http_req_duration{name:never}': ['p(95)<1'],
  },
};

export default function () {
  check(http.get(`${__ENV.BASE}/`), { ok: (r) => r.status === 200 });
}
