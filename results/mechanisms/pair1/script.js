import http from 'k6/http';
import { sleep } from 'k6';
export const options = { vus: 1, duration: '30s' };
const B='http://127.0.0.1:8081/shop';
export default function () {
  http.get(B, { tags: { n: '1' } });
  sleep(0.1 + Math.random()*0.05);
  http.get(B, { tags: { n: '1' } });
  sleep(0.1 + Math.random()*0.05);
  http.batch([['GET', B, null, { tags: { n: '2' } }], ['GET', B, null, { tags: { n: '2' } }]]);
  sleep(0.1 + Math.random()*0.05);
  http.batch([['GET', B, null, { tags: { n: '4' } }], ['GET', B, null, { tags: { n: '4' } }],['GET', B, null, { tags: { n: '4' } }], ['GET', B, null, { tags: { n: '4' } }]]);
  sleep(0.1 + Math.random()*0.05);
}
