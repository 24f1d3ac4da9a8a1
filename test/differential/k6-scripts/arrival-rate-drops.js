import http from 'k6/http';

export const options = {
  scenarios: {
    open: {
      executor: 'constant-arrival-rate',
      rate: 5,
      duration: '1900ms',
      preAllocatedVUs: 1,
      maxVUs: 3,
    },
  },
};

export default function () {
  http.get(`${__ENV.BASE}/half`);
  http.get(`${__ENV.BASE}/half`);
}
