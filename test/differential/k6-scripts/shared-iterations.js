import http from 'k6/http';

export const options = { vus: 3, iterations: 20 };

export default function () {
  http.get(`${__ENV.BASE}/`);
}
