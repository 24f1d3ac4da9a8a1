import exec from 'k6/execution';
import http from 'k6/http';

export const options = { vus: 1, iterations: 3 };

export default function () {
  http.get(`${__ENV.BASE}/`);
  if (__ITER === 1) exec.test.fail('not good');
}
