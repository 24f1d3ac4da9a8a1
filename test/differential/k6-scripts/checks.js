import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 6 };

export default function () {
  const r = http.get(`${__ENV.BASE}/items/${__ITER}`, { tags: { name: 'item' } });
  check(r, {
    'status is 200': (x) => x.status === 200,
    even: (x) => Number(x.json('id')) % 2 === 0,
    never: () => false,
    'a value': 1,
  });
  check(
    r,
    {
      'body has a price': (x) => x.body.includes('price'),
      'json header': (x) => x.headers['Content-Type'] === 'application/json',
    },
    { kind: 'deep' },
  );
}
