import http from 'k6/http';

export function setup() {
  http.get(`${__ENV.BASE}/`);
  throw new Error('no data');
}

export default function () {
  http.get(`${__ENV.BASE}/`);
}

export function teardown() {
  console.log('never');
}
