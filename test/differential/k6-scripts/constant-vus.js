import { sleep } from 'k6';
import http from 'k6/http';

export const options = { vus: 3, duration: '2s' };

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(0.33);
}
