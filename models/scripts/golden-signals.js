// The four golden signals: 0 to 100 users in 75 s, who never pause, on one of three endpoints.
//   sim k6 run models/scripts/golden-signals.js --model models/golden-signals.yaml -e ENDPOINT=/api/ventes/rapport
import http from 'k6/http';
import { check } from 'k6';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8081';
const ENDPOINT = __ENV.ENDPOINT || '/api/magasins/1/stock';

export let options = {
  stages: [
    { duration: '15s', target: 10 },
    { duration: '15s', target: 30 },
    { duration: '15s', target: 60 },
    { duration: '15s', target: 100 },
    { duration: '15s', target: 0 },
  ],
};

export default function () {
  let res = http.get(`${BASE_URL}${ENDPOINT}`, {
    headers: { 'x-token': 'mon-token-secret' },
  });
  check(res, { 'status is 200': (r) => r.status === 200 });
}
