import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 2, batchPerHost: 3 };

export default function () {
  const { BASE } = __ENV;
  const list = http.batch([
    ['GET', `${BASE}/`, null, { tags: { name: 'front' } }],
    `${BASE}/items/1`,
    { method: 'POST', url: `${BASE}/orders`, body: JSON.stringify({ a: 1 }) },
    ['GET', `${BASE}/slow`],
    ['GET', `${BASE}/slow`],
    ['GET', `${BASE}/slow`],
    ['GET', `${BASE}/slow`],
  ]);
  check(list, {
    'all in order': (rs) => rs.map((r) => r.status).join() === '200,200,201,200,200,200,200',
  });
  const named = http.batch({ front: `${BASE}/`, none: `${BASE}/missing` });
  check(named, { 'by name': (rs) => rs.front.status === 200 && rs.none.status === 404 });
}
