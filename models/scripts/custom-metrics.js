// One metric of each type, with tags and thresholds of their own.
//   sim k6 run models/scripts/custom-metrics.js --model models/scripts/api.yaml
import http from 'k6/http';
import { sleep } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';

const quotesRead = new Counter('quotes_read');
const contentSize = new Gauge('content_size');
const fastEnough = new Rate('fast_enough');
const waiting = new Trend('waiting_time', true);

export const options = {
  vus: 5,
  duration: __ENV.DURATION || '15s',
  thresholds: {
    quotes_read: ['count>20'],
    content_size: ['value<4000'],
    fast_enough: ['rate>0.9'],
    waiting_time: ['avg<200', 'p(90)<400'],
    'waiting_time{kind:write}': ['max<2000'],
  },
};

export default function () {
  const res = http.get(`${BASE_URL}/api/quotes`);
  const { quotes } = res.json();
  quotesRead.add(quotes.length);
  contentSize.add(res.body.length);
  waiting.add(res.timings.waiting, { kind: 'read' });
  fastEnough.add(res.timings.duration < 200);
  if (__ITER % 3 === 0) {
    const created = http.post(`${BASE_URL}/api/quotes`, JSON.stringify({ text: quotes[0].text }));
    waiting.add(created.timings.waiting, { kind: 'write' });
  }
  sleep(0.5);
}
