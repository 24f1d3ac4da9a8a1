// A user logs in through the form (hidden field, redirect, session cookie), looks at the account, and leaves.
//   sim k6 run models/scripts/login-flow.js --model models/scripts/shop.yaml
import http from 'k6/http';
import { check, fail, group, sleep } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';

export const options = {
  vus: 10,
  duration: __ENV.DURATION || '30s',
  thresholds: { checks: ['rate>0.99'], 'group_duration{group:::log in}': ['p(95)<1000'] },
};

export default function () {
  group('log in', () => {
    const page = http.get(`${BASE_URL}/login`);
    const token = page.html('input[name=csrf]').attr('value');
    if (!token) fail('no token in the form');
    const res = http.post(`${BASE_URL}/login`, { username: 'ada', password: 'secret', csrf: token });
    check(res, {
      'is at the account': (r) => r.url === `${BASE_URL}/account` && r.status === 200,
      'is ada': (r) => r.json('user') === 'ada',
    });
    const jar = http.cookieJar();
    check(jar.cookiesForURL(BASE_URL), { 'has a session': (c) => c.session !== undefined && c.session[0] === 's-0815' });
  });
  sleep(1);
  group('log out', () => {
    const res = http.post(`${BASE_URL}/logout`);
    check(res, { 'is at the front': (r) => r.status === 200 && r.html('title').text() === 'Shop' });
  });
}
