import { check, group } from 'k6';
import http from 'k6/http';
import { Trend } from 'k6/metrics';

const took = new Trend('took', true);

export const options = { vus: 1, iterations: 3, thresholds: { took: ['avg<5000'], checks: ['rate>0.9'] } };

export default function () {
  group('a', () => {
    took.add(http.get(`${__ENV.BASE}/`).timings.duration);
    group('b', () => check(http.get(`${__ENV.BASE}/missing`), { found: (r) => r.status === 200 }));
  });
  group('c', () => check(1, { one: (n) => n === 1 }));
}
