import { sleep } from 'k6';
import http from 'k6/http';

export const options = { vus: 2, duration: '1s' };

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(0.7);
}
