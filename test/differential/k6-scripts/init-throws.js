import http from 'k6/http';

const config = undefined;
console.log(config.base);

export default function () {
  http.get(`${__ENV.BASE}/`);
}
