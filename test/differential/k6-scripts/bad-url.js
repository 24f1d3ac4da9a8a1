import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 1 };

export default function () {
  check(http.get('nowhere'), { 'no url': (r) => r.error_code !== 0 && r.status === 0 });
  http.get(`${__ENV.BASE}/`);
}
