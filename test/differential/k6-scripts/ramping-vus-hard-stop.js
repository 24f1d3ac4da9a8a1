import { sleep } from 'k6';
import http from 'k6/http';

export const options = {
  scenarios: {
    down: {
      executor: 'ramping-vus',
      startVUs: 3,
      stages: [
        { duration: '1s', target: 1 },
        { duration: '1s', target: 1 },
      ],
      gracefulRampDown: '200ms',
      gracefulStop: '300ms',
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/`);
  sleep(0.85);
}
