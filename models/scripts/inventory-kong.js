// Ten users without pause on the inventory behind Kong: 33 % for each of the three instances, no errors?
//   sim k6 run models/scripts/inventory-kong.js --model models/inventory-kong.yaml
import http from 'k6/http';
import { check } from 'k6';
import { Counter, Rate } from 'k6/metrics';

const KONG_URL = __ENV.KONG_URL || 'http://localhost:9000';
const API_KEY = __ENV.API_KEY || 'web-key';

const perInstance = new Counter('instance_requests');
const errors = new Rate('errors');

export const options = {
  scenarios: {
    load: { executor: 'constant-vus', vus: 10, duration: __ENV.DURATION || '20s' },
  },
  thresholds: {
    http_req_duration: ['p(95)<12', 'max<500'],
    errors: ['rate<0.01'],
    'instance_requests{instance:inventory-api-1}': ['count>0'],
    'instance_requests{instance:inventory-api-2}': ['count>0'],
    'instance_requests{instance:inventory-api-3}': ['count>0'],
  },
};

const params = { headers: { apikey: API_KEY, Accept: 'application/json' } };

export default function () {
  const res = http.get(`${KONG_URL}/inventory/items`, params);
  const ok = check(res, {
    'status is 200': (r) => r.status === 200,
    'response time < 500ms': (r) => r.timings.duration < 500,
    'has an instance': (r) => r.headers['X-Instance-Id'] !== undefined,
  });
  errors.add(!ok);
  perInstance.add(1, { instance: res.headers['X-Instance-Id'] || 'none' });
}

export function handleSummary(data) {
  const total = data.metrics.instance_requests ? data.metrics.instance_requests.values.count : 0;
  const lines = [`requests: ${total}`];
  for (const name of ['inventory-api-1', 'inventory-api-2', 'inventory-api-3']) {
    const metric = data.metrics[`instance_requests{instance:${name}}`];
    const count = metric ? metric.values.count : 0;
    lines.push(`${name}: ${count} (${((100 * count) / total).toFixed(1)} %)`);
  }
  const p95 = data.metrics.http_req_duration.values['p(95)'];
  lines.push(`p95: ${p95.toFixed(2)} ms`);
  return { stdout: `${lines.join('\n')}\n` };
}
