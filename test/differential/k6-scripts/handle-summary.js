import http from 'k6/http';
import { check } from 'k6';

export const options = { vus: 1, iterations: 3, thresholds: { http_reqs: ['count==3'] } };

export default function () {
  check(http.get(`${__ENV.BASE}/`), { ok: (r) => r.status === 200 });
}

export function handleSummary(data) {
  const { metrics } = data;
  const lines = [
    `requests ${metrics.http_reqs.values.count}`,
    `names ${Object.keys(metrics).sort().join(' ')}`,
    `checks ${JSON.stringify(data.root_group.checks.map((c) => [c.name, c.path, c.passes, c.fails]))}`,
    `thresholds ${JSON.stringify(metrics.http_reqs.thresholds)}`,
    `kinds ${Object.keys(metrics).sort().map((name) => `${metrics[name].type}/${metrics[name].contains}`).join(' ')}`,
    `options ${JSON.stringify(Object.entries(data.options).sort())}`,
  ];
  return { stdout: `${lines.join('\n')}\n`, stderr: 'to stderr\n' };
}
