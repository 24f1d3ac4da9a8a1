/** A script for the real k6, and how it is run: what its outputs are compared with ours on. */
export interface K6Case {
  readonly name: string;
  /** Beyond `k6 run` and the outputs that every case has. */
  readonly args?: readonly string[];
  readonly mode: 'compact' | 'full' | 'legacy';
  /** True: k6 stops before its time, and its two summaries divide by durations that differ by some microseconds. */
  readonly aborts?: boolean;
  /** True: k6 writes to a terminal. */
  readonly terminal?: boolean;
  /** `BASE` is the server's address. */
  readonly script: string;
}

const HEAD = `import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Trend, Counter, Rate, Gauge } from 'k6/metrics';
const BASE = __ENV.BASE;
`;

/** The cases, each a second or two long. */
export const cases: readonly K6Case[] = [
  {
    name: 'nested groups',
    mode: 'full',
    script: `export const options = { vus: 2, iterations: 4, thresholds: { 'http_req_duration{group:::shop::basket}': ['p(95)<500'], group_duration: ['avg<1'], checks: ['rate>0.9'] } };
export default function () {
  group('shop', () => {
    check(http.get(BASE + '/a'), { 'status is 200': (r) => r.status === 200 });
    group('basket', () => {
      const r = http.get(BASE + '/b?ms=5', { tags: { name: 'basket' } });
      check(r, { 'status is 200': (x) => x.status === 200, 'is empty': () => __ITER > 0 });
      group('pay', () => { check(http.post(BASE + '/pay?code=500', 'x'), { paid: (x) => x.status === 200, 'status is 200': (x) => x.status === 200 }); });
    });
  });
  group('empty', () => {});
  check(1, { 'at the root': true });
}`,
  },
  {
    name: 'no checks',
    mode: 'compact',
    script: `export const options = { vus: 3, duration: '1s' };
export default function () { http.get(BASE + '/x?ms=40'); sleep(0.15); }`,
  },
  {
    name: 'custom metrics',
    mode: 'compact',
    script: `const t = new Trend('plain_trend'), tt = new Trend('timed_trend', true), c = new Counter('big_counter'), ct = new Counter('timed_counter', true), g = new Gauge('below_zero'), gt = new Gauge('timed_gauge', true), r = new Rate('third'), never = new Trend('never_added'), ws = new Counter('ws_mine'), grpc = new Trend('grpc_mine'), browser = new Gauge('browser_mine'), vital = new Trend('browser_web_vital_mine');
export const options = { iterations: 3, thresholds: { never_added: ['p(95)<1', 'avg>5'], third: ['rate<0.5'], big_counter: ['count>1', 'rate > 0.001'], below_zero: ['value<0'] } };
export default function () {
  const i = __ITER;
  t.add([1e-7, 123456789.123456789, 0.1 + 0.2][i]); t.add(-3.5);
  tt.add([0.0000123, 0.5, 61234.5678][i]); tt.add(7322000 + i); tt.add(59999.999); tt.add(999.999);
  c.add([1e15, 2.5, 1e-9][i]); ct.add(12345.678); g.add(-5 - i); gt.add(1500.5 * i); r.add(i === 1);
  ws.add(1); grpc.add(2.25); browser.add(7); vital.add(i);
}`,
  },
  {
    name: 'thresholds',
    mode: 'compact',
    script: `const price = new Trend('price');
export const options = { vus: 2, iterations: 8, summaryTrendStats: ['min', 'p(99)', 'max'], thresholds: {
  'http_req_duration{name:slow}': ['p(95)<1', ' p(99.9) < 300 ', 'med<100', 'avg>=0.001'], 'http_req_duration{status:404}': ['max<1', 'p(50.50)<9'],
  'http_reqs{name:slow, method:GET}': ['count==8', 'rate<1000'], 'checks{kind:"b"}': ['rate===1'], http_req_failed: ['rate!=1'], price: ['p(0)>1', 'p(100)<=4', 'max!=4'],
  'iterations{scenario:default}': ['count<5'], vus: ['value>=0'] } };
export default function () {
  http.get(BASE + '/slow?ms=8', { tags: { name: 'slow' } });
  check(1, { yes: true, no: () => __VU === 1 }, { kind: 'b' });
  price.add(1 + (__ITER % 4));
}`,
  },
  {
    name: 'abort on fail',
    mode: 'compact',
    aborts: true,
    script: `export const options = { vus: 2, duration: '30s', thresholds: { http_req_failed: [{ threshold: 'rate<0.1', abortOnFail: true, delayAbortEval: '1s' }], 'http_req_duration{expected_response:true}': ['p(95)<5000'] } };
export default function () { http.get(BASE + '/x?code=503&ms=30'); sleep(0.4); }
export function teardown() {}`,
  },
  {
    name: 'scenarios',
    mode: 'full',
    script: `const seen = new Counter('seen');
export const options = { scenarios: {
  zoo: { executor: 'shared-iterations', vus: 2, iterations: 4, exec: 'visit', tags: { kind: 'z' } },
  Ant: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'visit', startTime: '300ms', env: { WHO: 'ant' } },
  default: { executor: 'shared-iterations', iterations: 1 } },
  thresholds: { 'http_req_duration{scenario:zoo}': ['avg<100'], 'checks{scenario:Ant}': ['rate==1'], 'iteration_duration{scenario:zoo}': ['max<1'] } };
export function visit() {
  group('entrance', () => { check(http.get(BASE + '/e'), { open: (r) => r.status === 200 }); group('cage', () => { seen.add(2); check(0, { lion: (x) => x === 1 }); }); });
  http.get(BASE + '/exit', { tags: { name: __ENV.WHO || 'nobody' } });
}
export default function () { group('office', () => { http.get(BASE + '/o'); }); http.get(BASE + '/p'); }`,
  },
  {
    name: 'no requests',
    mode: 'compact',
    script: `export const options = { vus: 5, iterations: 5 };
export default function () { sleep(0.01 * __VU); }`,
  },
  {
    name: 'dropped iterations',
    mode: 'compact',
    script: `export const options = { summaryTimeUnit: 'us', scenarios: { open: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedVUs: 1, maxVUs: 2, gracefulStop: '0s' } }, thresholds: { dropped_iterations: ['count<1'] } };
export default function () { http.get(BASE + '/x?ms=250'); }`,
  },
  {
    name: 'failures',
    mode: 'full',
    script: `export const options = { vus: 1, iterations: 3, thresholds: { 'http_req_failed{name:refused}': ['rate==1'], 'http_reqs{error_code:1212}': ['count==3'] } };
export default function () {
  http.get('http://127.0.0.1:1/refused', { tags: { name: 'refused' } });
  http.get(BASE + '/slow?ms=300', { timeout: '50ms' });
  http.get(BASE + '/gone?code=404');
  if (__ITER === 2) throw new Error('on purpose');
}`,
  },
  {
    name: 'units',
    mode: 'compact',
    args: ['--summary-time-unit', 's', '--summary-trend-stats', 'count,p(99.99),avg,med,min,max,p(1)'],
    script: `const long = new Trend('long_name_of_a_trend_that_goes_on_and_on_for_quite_a_while_until_it_is_wider_than_all', true);
export const options = { iterations: 4, thresholds: { 'long_name_of_a_trend_that_goes_on_and_on_for_quite_a_while_until_it_is_wider_than_all{a:b}': ['p(95)<1000', 'p(99.99)<1'] } };
export default function () { long.add(__ITER * 12345.678, { a: 'b' }); http.get(BASE + '/x'); }`,
  },
  {
    name: 'names',
    mode: 'full',
    script: `export const options = { iterations: 2, thresholds: { 'checks{check:größer}': ['rate>0.5'], 'http_req_duration{name:données}': ['p(95)<500'] } };
export default function () {
  group('日本語 "quoted" & <b>', () => { check(http.get(BASE + '/u', { tags: { name: 'données', 'ключ': 'значение & =' } }), { 'größer': true, 'naïve ﬁ ﬀ 👩‍👩‍👧': () => __ITER === 0 }); });
  group('a'.repeat(120), () => { check(1, { ['c'.repeat(150)]: false, 'with, comma "and" quote': true }); });
  http.get(BASE + '/u', { tags: { comma: 'a,b', quote: 'say "x"', line: 'one\\ntwo' } });
}`,
  },
  {
    name: 'legacy',
    mode: 'legacy',
    script: `const T = new Trend('t_time', true), G = new Gauge('gg');
export const options = { vus: 2, duration: '1s', thresholds: { http_req_duration: ['p(95)<500', 'avg<0.001'], 'http_req_duration{name:b}': ['max<1000'], checks: ['rate>0.99'], gg: ['value>=0'] } };
export function setup() { return { token: 'abc', list: [1, { two: 2 }], nothing: null }; }
export default function (data) {
  group('one', () => { check(http.get(BASE + '/a'), { ok: (r) => r.status === 200 }); group('two', () => { check(http.get(BASE + '/b', { tags: { name: 'b' } }), { 'not ok': (r) => r.status !== 200 }); }); });
  check(data, { 'has token': (d) => d.token === 'abc' }); T.add(12.5); G.add(__ITER); sleep(0.3);
}
export function teardown() {}`,
  },
  {
    name: 'interrupted',
    mode: 'compact',
    script: `export const options = { scenarios: { stuck: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' } } };
export default function () { sleep(10); }`,
  },
  {
    name: 'tags',
    mode: 'compact',
    args: ['--tag', 'env=test', '--tag', 'build=7'],
    script: `export const options = { iterations: 2, systemTags: ['method', 'name', 'status', 'scenario', 'vu', 'iter', 'group', 'check'], thresholds: { 'http_reqs{env:test}': ['count==2'] } };
export function setup() { http.get(BASE + '/setup'); return 7; }
export default function () { check(http.get(BASE + '/x', { tags: { mine: 'yes' } }), { ok: true }); }`,
  },
  {
    name: 'terminal',
    mode: 'full',
    terminal: true,
    script: `const g = new Gauge('stock');
export const options = { iterations: 2, summaryTrendStats: ['avg', 'p(95)'], thresholds: { http_req_duration: ['p(95)<5000', 'med<0'], stock: ['value>5'] } };
export default function () { g.add(__ITER); group('in', () => { check(http.get(BASE + '/x'), { good: true, bad: () => __ITER === 0 }); }); }`,
  },
  {
    name: 'legacy terminal',
    mode: 'legacy',
    terminal: true,
    script: `const g = new Gauge('stock');
export const options = { iterations: 2, thresholds: { http_req_duration: ['p(95)<5000', 'med<0'], stock: ['value>=0'] } };
export default function () { g.add(__ITER); group('in', () => { check(http.get(BASE + '/x'), { good: true, bad: () => __ITER === 0 }); }); }`,
  },
];

/** The script's text with what all have: imports, and the summary's data written to the log before the default text. */
export function scriptOf({ script }: K6Case): string {
  return `${HEAD}${script}
export function handleSummary(data) { console.log('summary-data ' + JSON.stringify(data)); }
`;
}
