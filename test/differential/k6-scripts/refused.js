import { check, sleep } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 3 };

export default function () {
  if (__ITER === 0) {
    const r = http.post(`${__ENV.BASE}/crash`, 'x');
    check(r, { 'reset by peer': (x) => x.status === 0 && x.error_code === 1220 });
    sleep(0.2);
  }
  const r = http.get(`${__ENV.BASE}/`);
  check(r, {
    refused: (x) => x.error_code === 1212 && x.error === 'dial: connection refused',
    'took no time': (x) => x.timings.duration === 0,
  });
}
