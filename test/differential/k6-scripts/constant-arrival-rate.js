import http from 'k6/http';

export const options = {
  scenarios: {
    open: { executor: 'constant-arrival-rate', rate: 7, timeUnit: '1s', duration: '2100ms', preAllocatedVUs: 5 },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/`);
}
