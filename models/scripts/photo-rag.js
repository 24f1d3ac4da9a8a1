// Searches, looks at photos and uploads some, through nginx to three uvicorn processes: is the load shared fairly?
//   sim k6 run models/scripts/photo-rag.js --model models/photo-rag.yaml
import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { randomIntBetween } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';

const BASE_URL = __ENV.BASE_URL || 'http://localhost:80';
const served = new Counter('served');

export const options = {
  vus: Number(__ENV.VUS || 60),
  duration: __ENV.DURATION || '3m',
  thresholds: {
    http_req_failed: ['rate==0'],
    'http_req_duration{kind:search}': ['p(95)<200'],
    'http_req_duration{kind:photo}': ['p(95)<50'],
  },
};

export function setup() {
  const res = http.get(`${BASE_URL}/health`);
  if (res.status !== 200) throw new Error(`not healthy: ${res.status}`);
}

export default function () {
  const dice = Math.random();
  if (dice < 0.7) search();
  else if (dice < 0.9) look(randomIntBetween(1, 20));
  else upload();
  sleep(0.5 + Math.random());
}

function search() {
  group('search', () => {
    const res = http.get(`${BASE_URL}/search`, { tags: { kind: 'search' } });
    count(res);
    check(res, { 'found something': (r) => r.status === 200 && r.body.length > 0 });
  });
}

function look(id) {
  const res = http.get(`${BASE_URL}/photos/${id}`, { tags: { kind: 'photo', name: '/photos/{id}' } });
  count(res);
  check(res, { 'photo is there': (r) => r.status === 200 });
}

function upload() {
  const photo = 'x'.repeat(200 * 1024);
  const res = http.post(`${BASE_URL}/photos`, photo, {
    headers: { 'Content-Type': 'image/jpeg' },
    tags: { kind: 'upload' },
  });
  count(res);
  check(res, { 'photo is kept': (r) => r.status === 201 });
}

function count(res) {
  served.add(1, { instance: res.headers['X-Instance-Id'] || 'unknown' });
}
