import http from 'k6/http';

export const options = { vus: 1, iterations: 2, thresholds: { http_req_failed: ['rate<0.5'] } };

const good = http.expectedStatuses({ min: 200, max: 299 }, 404);

export default function () {
  const { BASE } = __ENV;
  http.setResponseCallback(good);
  http.get(`${BASE}/missing`);
  http.get(`${BASE}/error`);
  http.get(`${BASE}/error`, { responseCallback: http.expectedStatuses(503) });
  http.get(`${BASE}/error`, { responseCallback: null });
  http.get(`${BASE}/`);
}
