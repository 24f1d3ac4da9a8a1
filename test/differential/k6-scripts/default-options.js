import http from 'k6/http';

export default function () {
  const r = http.get(`${__ENV.BASE}/`);
  console.log(`status ${r.status}, ${r.status_text}, ${r.json('ok')}`);
  console.warn('a warning');
}
