import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 2 };

export default async function () {
  const { BASE } = __ENV;
  const [a, b] = await Promise.all([
    http.asyncRequest('GET', `${BASE}/slow`),
    http.asyncRequest('POST', `${BASE}/orders`, '{}'),
  ]);
  check([a, b], { both: ([x, y]) => x.status === 200 && y.status === 201 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const r = await http.asyncRequest('GET', `${BASE}/`);
  check(r, { then: (x) => x.status === 200 });
}
