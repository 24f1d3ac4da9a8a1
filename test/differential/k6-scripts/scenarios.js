import { check, group, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

export const options = {
  scenarios: {
    browse: { executor: 'constant-vus', vus: 2, duration: '1s', exec: 'browse' },
    buy: { executor: 'per-vu-iterations', vus: 1, iterations: 3, startTime: '500ms', exec: 'buy' },
  },
  summaryTrendStats: ['min', 'avg', 'p(99)', 'count'],
  summaryTimeUnit: 'ms',
};

export function browse() {
  check(http.get(`${__ENV.BASE}/`), { 'front page': (r) => r.status === 200 });
  sleep(0.4);
}

export function buy() {
  group('order', () => {
    const r = http.post(`${__ENV.BASE}/orders`, '{}');
    check(r, { created: (x) => x.status === 201, 'is buy': () => exec.scenario.name === 'buy' });
  });
}
