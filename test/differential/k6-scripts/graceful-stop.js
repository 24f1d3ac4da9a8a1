import { sleep } from 'k6';
import http from 'k6/http';

export const options = {
  scenarios: { cut: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '300ms' } },
};

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(__ITER === 0 ? 0.5 : 3);
}
