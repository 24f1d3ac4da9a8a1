import http from 'k6/http';

export const options = { vus: 1, iterations: 2, throw: true };

export default function () {
  http.get(`${__ENV.BASE}/`);
  http.get(`${__ENV.BASE}/never`, { timeout: 200 });
  http.get(`${__ENV.BASE}/`);
}
