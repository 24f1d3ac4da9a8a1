import { check, sleep } from 'k6';
import http from 'k6/http';

let runs = 0;

export const options = {
  scenarios: {
    first: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' },
    second: { executor: 'shared-iterations', vus: 2, iterations: 4, startTime: '1500ms', maxDuration: '5s' },
  },
};

export default function () {
  runs += 1;
  http.get(`${__ENV.BASE}/`);
  check(runs, { 'users go on': (n) => n === __ITER + 1 });
  sleep(0.25);
}
