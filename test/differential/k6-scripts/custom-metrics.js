import { sleep } from 'k6';
import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const orders = new Counter('orders');
const bytes = new Counter('read_bytes');
const stock = new Gauge('stock');
const accepted = new Rate('accepted');
const took = new Trend('order_took', true);
const size = new Trend('basket_size');

export const options = {
  vus: 1,
  iterations: 5,
  thresholds: {
    orders: ['count==5'],
    stock: ['value>=0'],
    accepted: ['rate>0.5'],
    order_took: ['p(90)<2000'],
    'basket_size{kind:big}': ['max==5', 'min>3'],
  },
};

export default function () {
  const r = http.post(`${__ENV.BASE}/orders`, '{}');
  orders.add(1);
  bytes.add(r.body.length);
  stock.add(100 - __ITER * 7);
  accepted.add(__ITER !== 2);
  took.add(r.timings.duration);
  size.add(1 + __ITER, { kind: __ITER > 2 ? 'big' : 'small' });
  sleep(0.05);
}
