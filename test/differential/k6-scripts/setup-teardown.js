import { check, sleep } from 'k6';
import http from 'k6/http';

export const options = { vus: 2, iterations: 4, setupTimeout: '10s' };

export function setup() {
  const r = http.post(`${__ENV.BASE}/orders`, JSON.stringify({ user: 'a' }), {
    headers: { 'Content-Type': 'application/json' },
  });
  sleep(0.3);
  return { id: r.json('id'), when: new Date(0), list: [1, , 3], none: undefined };
}

export default function (data) {
  check(data, {
    'id came through': (d) => d.id === 'o-1',
    'dates are texts': (d) => d.when === '1970-01-01T00:00:00.000Z',
    'holes are null': (d) => d.list[1] === null,
  });
  http.get(`${__ENV.BASE}/items/${data.id}`, { tags: { name: 'item' } });
}

export function teardown(data) {
  console.log(`${data.when} ${JSON.stringify(data.list)} ${JSON.stringify(data.none)}`);
  check(data, { 'teardown has it': (d) => d.id === 'o-1' });
  http.del(`${__ENV.BASE}/items/${data.id}`, null, { tags: { name: 'delete' } });
}
