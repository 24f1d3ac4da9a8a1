// Each iteration is another user of a CSV file, which all virtual users share.
//   sim k6 run models/scripts/data-driven.js --model models/scripts/shop.yaml
import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
import { SharedArray } from 'k6/data';
import papaparse from 'https://jslib.k6.io/papaparse/5.1.1/index.js';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';

const users = new SharedArray('users', () => papaparse.parse(open('./users.csv'), { header: true, skipEmptyLines: true }).data);

export const options = {
  scenarios: {
    everyone: { executor: 'shared-iterations', vus: 3, iterations: 20, maxDuration: '1m' },
  },
  thresholds: { checks: ['rate==1'] },
};

export default function () {
  const user = users[exec.scenario.iterationInTest % users.length];
  const res = http.post(
    `${BASE_URL}/api/token`,
    JSON.stringify({ username: user.username, password: user.password }),
    { headers: { 'Content-Type': 'application/json' }, tags: { user: user.username } },
  );
  check(res, { 'logged in': (r) => r.status === 200 });
  const product = http.get(http.url`${BASE_URL}/products/${user.product}`);
  check(product, { 'the one they wanted': (r) => r.json('id') === user.product });
  sleep(0.2);
}
