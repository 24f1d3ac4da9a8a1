import { check, group, sleep } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 2,
  iterations: 6,
  thresholds: {
    'group_duration{group:::shop}': ['avg<5000'],
    'http_req_duration{group:::shop::cart}': ['max<5000'],
  },
};

export default function () {
  group('shop', () => {
    check(http.get(`${__ENV.BASE}/`), { 'front is 200': (r) => r.status === 200 });
    group('cart', () => {
      const total = [1, 2]
        .map((id) => http.get(`${__ENV.BASE}/items/${id}`).json('price'))
        .reduce((a, b) => a + b, 0);
      check(total, { 'total is 20': (t) => t === 20, 'total is odd': (t) => t % 2 === 1 });
    });
  });
  const answer = group('empty', () => 42);
  check(answer, { 'group returns': (a) => a === 42 });
  sleep(0.05);
}
