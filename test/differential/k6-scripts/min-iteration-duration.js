import http from 'k6/http';

export const options = { vus: 2, duration: '2s', minIterationDuration: '350ms' };

export default function () {
  http.get(`${__ENV.BASE}/`);
}
