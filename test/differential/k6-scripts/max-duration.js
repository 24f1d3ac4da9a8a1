import { sleep } from 'k6';
import http from 'k6/http';

export const options = {
  scenarios: {
    each: { executor: 'per-vu-iterations', vus: 2, iterations: 10, maxDuration: '1s', gracefulStop: '100ms' },
    all: { executor: 'shared-iterations', vus: 2, iterations: 20, maxDuration: '1s', gracefulStop: '1s' },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(0.4);
}
