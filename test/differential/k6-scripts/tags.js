import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const seen = new Counter('seen');

export const options = {
  tags: { run: 'a' },
  scenarios: {
    one: { executor: 'per-vu-iterations', iterations: 2, tags: { flow: 'x' } },
    two: { executor: 'per-vu-iterations', iterations: 1, exec: 'second', env: { KIND: 'k' } },
  },
  thresholds: {
    'http_req_duration{flow:x}': ['max<5000'],
    'http_reqs{name:mine, step:one}': ['count==2'],
    'seen{kind:k}': ['count>=1'],
    'checks{part:deep}': ['rate==1'],
  },
};

export default function () {
  http.get(`${__ENV.BASE}/items/1`, { tags: { name: 'mine', step: 'one' } });
  http.get(http.url`${__ENV.BASE}/items/${__ITER}`);
  check(null, { deep: () => true }, { part: 'deep' });
}

export function second() {
  exec.vu.metrics.tags.who = `vu-${__ITER}`;
  seen.add(1, { kind: __ENV.KIND });
  http.get(`${__ENV.BASE}/`);
}
