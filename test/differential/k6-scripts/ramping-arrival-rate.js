import http from 'k6/http';

export const options = {
  scenarios: {
    wave: {
      executor: 'ramping-arrival-rate',
      startRate: 2,
      timeUnit: '1s',
      stages: [
        { duration: '1s', target: 9 },
        { duration: '1s', target: 9 },
        { duration: '500ms', target: 0 },
      ],
      preAllocatedVUs: 6,
      maxVUs: 10,
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/`);
}
