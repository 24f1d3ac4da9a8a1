import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

export const options = { vus: 2, duration: '10s' };

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(0.4);
  if (__VU === 1 && __ITER === 2) exec.test.abort('seen enough');
}

export function teardown() {
  console.log('teardown runs');
}
