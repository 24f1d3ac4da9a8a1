// What a session's cookies do: set by an answer, sent with the next request, changed by hand, gone with the iteration.
//   sim k6 run models/scripts/cookies.js --model models/scripts/shop.yaml
import http from 'k6/http';
import { check } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';

export const options = { vus: 2, iterations: 10, thresholds: { checks: ['rate==1'] } };

export default function () {
  const jar = http.cookieJar();
  check(jar.cookiesForURL(BASE_URL), { 'starts without cookies': (c) => Object.keys(c).length === 0 });

  const res = http.post(`${BASE_URL}/login`, { username: 'ada', password: 'secret' }, { redirects: 0 });
  check(res, {
    'sets a session': (r) => r.cookies.session !== undefined && r.cookies.session[0].value === 's-0815',
    'for scripts not to see': (r) => r.cookies.session[0].http_only === true,
  });

  jar.set(BASE_URL, 'theme', 'dark', { path: '/', max_age: 600 });
  const account = http.get(`${BASE_URL}/account`, { cookies: { once: 'yes' } });
  const sent = account.request.headers.Cookie[0];
  check(sent, {
    'sends the session': (c) => c.includes('session=s-0815'),
    'and the theme': (c) => c.includes('theme=dark'),
    'and one of its own': (c) => c.includes('once=yes'),
  });

  jar.clear(BASE_URL);
  const bare = http.get(`${BASE_URL}/account`);
  check(bare, { 'sends none any more': (r) => r.request.headers.Cookie === undefined });
}
