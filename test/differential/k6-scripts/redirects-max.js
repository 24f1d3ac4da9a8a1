import http from 'k6/http';

export const options = { vus: 1, iterations: 1, maxRedirects: 2 };

export default function () {
  const r = http.get(`${__ENV.BASE}/loop`);
  console.log(`${r.status} ${r.url.slice(-5)}`);
  http.batch([`${__ENV.BASE}/old`]);
}
