import { sleep } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 2,
  duration: '20s',
  thresholds: { http_req_failed: [{ threshold: 'rate<0.5', abortOnFail: true }] },
};

export default function () {
  http.get(`${__ENV.BASE}/error`);
  sleep(0.33);
}

export function teardown() {
  http.get(`${__ENV.BASE}/`);
}
