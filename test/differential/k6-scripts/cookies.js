import { check } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 2 };

export default function () {
  const { BASE } = __ENV;
  const r = http.get(`${BASE}/login`);
  check(r, { 'cookie is set': (x) => x.cookies.sid[0].value === 'abc' && x.cookies.sid[0].path === '/' });
  const jar = http.cookieJar();
  check(jar.cookiesForURL(`${BASE}/`), { 'jar has it': (c) => c.sid[0] === 'abc' });
  jar.set(BASE, 'mine', 'x');
  check(http.get(`${BASE}/`), {
    'both are sent': (x) => x.request.headers.Cookie[0].split('; ').sort().join() === 'mine=x,sid=abc',
  });
  check(http.get(`${BASE}/`, { cookies: { once: '1' } }), {
    'and one more': (x) => x.request.headers.Cookie[0].includes('once=1'),
  });
}
