// A page with all that belongs to it, loaded as a browser does: the page, then its parts together.
//   sim k6 run models/scripts/page-load.js --model models/scripts/shop.yaml
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Trend } from 'k6/metrics';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const pageLoad = new Trend('page_load', true);

export const options = {
  vus: 5,
  duration: __ENV.DURATION || '20s',
  thresholds: { page_load: ['p(95)<1000'], 'http_req_duration{kind:image}': ['p(95)<500'] },
};

export default function () {
  group('front page', () => {
    const page = http.get(`${BASE_URL}/`, { tags: { kind: 'page' } });
    const parts = {
      style: ['GET', `${BASE_URL}/style.css`],
      script: ['GET', `${BASE_URL}/app.js`],
    };
    for (let i = 1; i <= 8; i++) {
      parts[`image ${i}`] = { method: 'GET', url: `${BASE_URL}/images/${i}.png`, params: { tags: { kind: 'image', name: 'image' } } };
    }
    const responses = http.batch(parts);
    check(page, { 'has a title': (r) => r.body.includes('<title>') });
    check(responses, {
      'all parts are there': (all) => Object.values(all).every((r) => r.status === 200),
      'style is CSS': (all) => all.style.headers['Content-Type'] === 'text/css',
    });
    const slowest = Math.max(...Object.keys(responses).map((name) => responses[name].timings.duration));
    pageLoad.add(page.timings.duration + slowest);
  });
  sleep(1);
}
