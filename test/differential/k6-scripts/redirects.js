import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 2 };

export default function () {
  const { BASE } = __ENV;
  check(http.get(`${BASE}/old`), {
    'followed to /': (r) => r.url === `${BASE}/` && r.status === 200,
  });
  check(http.get(`${BASE}/old`, { redirects: 0 }), {
    'not followed': (r) => r.status === 302 && r.headers.Location === '/older',
  });
  check(http.post(`${BASE}/form`, { a: '1' }), { '303 becomes GET': (r) => r.request.method === 'GET' });
  check(http.post(`${BASE}/keep`, 'body'), {
    '307 keeps POST': (r) => r.status === 201 && r.request.method === 'POST' && r.request.body === 'body',
  });
  check(http.get(`${BASE}/loop`, { redirects: 3 }), { 'ends with 302': (r) => r.status === 302 });
}
