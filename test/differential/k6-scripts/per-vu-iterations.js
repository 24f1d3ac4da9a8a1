import { check } from 'k6';
import http from 'k6/http';

export const options = {
  scenarios: { each: { executor: 'per-vu-iterations', vus: 3, iterations: 5, maxDuration: '10s' } },
};

export default function () {
  const r = http.get(`${__ENV.BASE}/items/${__VU}-${__ITER}`, { tags: { name: 'item' } });
  check(r, { 'has its id': (x) => x.json('id') === `${__VU}-${__ITER}` });
}
