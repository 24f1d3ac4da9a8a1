import { fail } from 'k6';
import http from 'k6/http';

export const options = { vus: 1, iterations: 4 };

function deep(n) {
  if (n === 1) throw new Error('odd');
  if (n === 2) return undefined.x;
  if (n === 3) fail('given up');
}

export default function () {
  http.get(`${__ENV.BASE}/`);
  deep(__ITER);
  http.get(`${__ENV.BASE}/items/1`);
}
