// Browses the products and buys one: ids from each answer go into the next request.
//   sim k6 run models/scripts/browse-and-buy.js --model models/scripts/shop.yaml
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { randomItem } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:8080';
const JSON_HEADERS = { headers: { 'Content-Type': 'application/json' } };
const purchase = new Trend('purchase_duration', true);

export const options = {
  stages: [
    { duration: '10s', target: 20 },
    { duration: __ENV.DURATION || '30s', target: 20 },
    { duration: '5s', target: 0 },
  ],
  thresholds: {
    http_req_failed: ['rate<0.01'],
    'http_req_duration{name:order}': ['p(95)<500'],
    purchase_duration: ['p(90)<800'],
  },
};

export function setup() {
  const res = http.post(`${BASE_URL}/api/token`, JSON.stringify({ client: 'load-test' }), JSON_HEADERS);
  check(res, { 'got a token': (r) => r.json('token') !== undefined });
  return { token: res.json('token') };
}

export default function (data) {
  const params = { headers: { ...JSON_HEADERS.headers, Authorization: `Bearer ${data.token}` } };
  const products = group('browse', () => {
    const res = http.get(`${BASE_URL}/products`, params);
    check(res, { 'three products': (r) => r.json('items.#') === 3 });
    return res.json('items');
  });
  const product = randomItem(products);
  const detail = http.get(`${BASE_URL}/products/${product.id}`, { ...params, tags: { name: 'product' } });
  check(detail, { 'the right product': (r) => r.json().id === product.id });
  sleep(Math.random() * 2);

  if (Math.random() < 0.4) return;
  const started = Date.now();
  group('buy', () => {
    const cart = http.post(`${BASE_URL}/carts`, '{}', params).json('id');
    http.post(`${BASE_URL}/carts/${cart}/items`, JSON.stringify({ product: product.id }), {
      ...params,
      tags: { name: 'cart items' },
    });
    const order = http.post(`${BASE_URL}/orders`, JSON.stringify({ cart }), { ...params, tags: { name: 'order' } });
    check(order, { 'paid': (r) => r.status === 201 && r.json('state') === 'paid' });
    const kept = http.get(`${BASE_URL}/orders/${order.json('id')}`, { ...params, tags: { name: 'kept order' } });
    check(kept, { 'order is kept': (r) => r.json('id') === order.json('id') });
  });
  purchase.add(Date.now() - started);
  sleep(1);
}
