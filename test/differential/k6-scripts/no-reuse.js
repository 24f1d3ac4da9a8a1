import { check } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 2,
  iterations: 6,
  noConnectionReuse: true,
  discardResponseBodies: true,
  userAgent: 'me/1',
};

export default function () {
  check(http.get(`${__ENV.BASE}/`), { 'no body': (r) => r.body === null });
  check(http.get(`${__ENV.BASE}/items/1`, { responseType: 'text' }), { 'a body': (r) => r.body.length > 0 });
}
