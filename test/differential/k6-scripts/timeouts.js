import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 2, iterations: 4 };

export default function () {
  const r = http.get(`${__ENV.BASE}/never`, { timeout: '300ms' });
  check(r, {
    'timed out': (x) => x.status === 0 && x.error_code === 1050 && x.error === 'request timeout',
    'no body': (x) => x.body === null,
  });
  http.get(`${__ENV.BASE}/`, { timeout: 5000 });
}
