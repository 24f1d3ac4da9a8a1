import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/model/exchange.js';
import { jsonPath } from '../../src/script/prelude/json-path.js';
import { type ScriptWorldOptions, scriptWorld } from './script-world.js';

const MS = 1e6;

function world(body: string, options: Partial<ScriptWorldOptions> & { top?: string } = {}) {
  const { top = '', ...rest } = options;
  const made = scriptWorld({
    script: `
      import http from 'k6/http';
      import * as k6 from 'k6';
      import { check, group, sleep, fail, randomSeed } from 'k6';
      import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      import exec from 'k6/execution';
      import { SharedArray } from 'k6/data';
      import encoding from 'k6/encoding';
      import crypto from 'k6/crypto';
      import { parseHTML } from 'k6/html';
      ${top}
      export default function () { ${body} }`,
    behave: () => 10 * MS,
    ...rest,
  });
  made.simulation.run();
  return made;
}

/** What the body logs. */
function logs(body: string, options: Partial<ScriptWorldOptions> & { top?: string } = {}): string[] {
  return world(body, options).logs.map((line) => line.replace(/^info console /, ''));
}

describe('k6/http', () => {
  it('has the verbs, with bodies and headers on the wire', () => {
    const { station, logs: lines } = world(`
      const params = { headers: { 'x-shop': 'a', 'Content-Type': 'application/json' }, tags: { name: 'login', kind: 'auth' } };
      const r = http.post('http://host:8080/login?x=1', JSON.stringify({ a: 1 }), params);
      http.put('http://host:8080/form', { b: [1, 2], a: 'x y' });
      http.del('http://host:8080/d'); http.patch('http://host:8080/p', 'x'); http.head('http://host:8080/h');
      http.options('http://host:8080/o'); http.request('get', 'http://host:8080/r');
      console.log(r.status, r.status_text, r.request.method, r.request.headers, r.proto, r.url, r.error, r.error_code);`);
    const seen = station.accepted.map(({ exchange: { endpoint } }) => `${endpoint.method} ${endpoint.path}`);
    expect(seen).toEqual([
      'POST /login?x=1',
      'PUT /form',
      'DELETE /d',
      'PATCH /p',
      'HEAD /h',
      'OPTIONS /o',
      'get /r',
    ]);
    const [post, put] = station.accepted.map(({ exchange }) => exchange.endpoint);
    expect(post!.headers).toEqual({ 'X-Shop': 'a', 'Content-Type': 'application/json' });
    expect(post!.name).toBe('login');
    expect(put!.headers).toEqual({ 'Content-Type': 'application/x-www-form-urlencoded' });
    const head =
      'PUT /form HTTP/1.1\r\nHost: host:8080\r\nUser-Agent: Grafana k6/1.8.1\r\nContent-Length: 13\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n';
    expect(put!.requestBytes).toBe(head.length + 'a=x+y&b=1&b=2'.length);
    expect(lines[0]).toContain(
      '200 200 OK POST { X-Shop: [ "a" ], Content-Type: [ "application/json" ], User-Agent: [ "Grafana k6/1.8.1" ] } HTTP/1.1 http://host:8080/login?x=1  0',
    );
  });

  it('says what went wrong', () => {
    const lines = logs(
      `const a = http.get('http://h/'); console.log(a.status, a.error, a.error_code, a.body, JSON.stringify(a.headers), a.timings.duration);
       const b = http.get('nowhere'); console.log(b.status, b.error_code, b.body === '');
       const c = http.get('http://h/'); console.log(c.status, c.error_code, c.error === '', c.status_text);
       try { http.post('http://h/', 5); } catch (e) { console.log(String(e)); }`,
      {
        behave: (_exchange: Exchange, index: number) => (exchange: Exchange) =>
          index === 0 ? exchange.breakOff(2) : exchange.answer(404, 10),
      },
    );
    expect(lines).toEqual([
      'warning  Request Failed',
      '0 read: connection reset by peer 1220 null {} 0',
      'warning  Request Failed',
      '0 1000 false',
      '404 1404 true 404 Not Found',
      'warning  Request Failed',
    ]);
  });

  it('shows the instance that answered, and headers of policies', () => {
    const lines = logs(
      `const r = http.get('http://h/'); console.log(r.headers['X-Instance-Id'], r.json('instance'), r.json().instance, r.headers['X-Ratelimit-Remaining'], r.headers.nope);`,
      {
        behave: () => (exchange: Exchange) => {
          exchange.servedBy = 1;
          exchange.responseHeaders = { 'X-RateLimit-Remaining': '4' };
          exchange.answer(200, 10);
        },
      },
    );
    expect(lines).toEqual(['api-2 api-2 api-2 4 undefined']);
  });

  it('judges by expectedStatuses and setResponseCallback', () => {
    const { sink } = world(
      `http.get('http://h/'); http.get('http://h/', { responseCallback: http.expectedStatuses(404, { min: 500, max: 599 }) });
       http.setResponseCallback(http.expectedStatuses(404)); http.get('http://h/');`,
      { behave: () => (exchange: Exchange) => exchange.answer(404, 10) },
    );
    expect(sink.samples.map(({ failed }) => failed)).toEqual([true, false, false]);
  });

  it('sends cookies of params and of the jar, and basic credentials', () => {
    const { station } = world(`
      http.cookieJar().set('http://h/', 'a', '1');
      http.get('http://h/x', { cookies: { b: '2', c: { value: '3', replace: true } } });
      http.get('http://other/');
      http.get('http://user:pa%20ss@h/secret');`);
    expect(station.accepted.map(({ exchange: { endpoint } }) => endpoint.headers)).toEqual([
      { Cookie: 'b=2; c=3; a=1' },
      {},
      { Cookie: 'a=1', Authorization: 'Basic dXNlcjpwYSBzcw==' },
    ]);
    expect(station.accepted[2]!.exchange.endpoint.name).toBe('http://****:****@h/secret');
  });

  it('names urls by their template', () => {
    const { sink } = world('const id = 7; http.get(http.url`http://h/items/${id}`);');
    expect(sink.samples[0]!.name).toBe('http://h/items/${}');
  });

  it('throws with params.throw', () => {
    const lines = logs(
      `try { http.get('http://h/', { throw: true }); } catch (e) { console.log(e.name, e.message); }`,
      { behave: () => (exchange: Exchange) => exchange.breakOff(3) },
    );
    expect(lines).toEqual(['GoError Get "http://h/": EOF']);
  });

  /** reference/k6.md 2.3: 14 requests of 100 ms to one host took 303 ms, with 5 connections beside the existing one. */
  it('batches as k6 does: 14 × 100 ms to one host take 300 ms, on six connections', () => {
    const { sink, station } = world(
      `http.get('http://h/'); const r = http.batch(Array.from({ length: 14 }, (_, i) => ['GET', 'http://h/' + i])); console.log(r.length, r[13].url);
       const o = http.batch({ a: 'http://h/x', b: { method: 'post', url: 'http://h/y', body: 'z' } }); console.log(Object.keys(o), o.b.request.method);`,
      { behave: () => 100 * MS },
    );
    expect(sink.samples.slice(0, 15).map(({ endNs }) => endNs / MS)).toEqual([
      100, 200, 200, 200, 200, 200, 200, 300, 300, 300, 300, 300, 300, 400, 400,
    ]);
    expect(station.connectCount).toBe(6);
    expect(sink.samples).toHaveLength(17);
  });
});

describe('the event loop', () => {
  it('runs timers, promises and asyncRequest in virtual time; requests and sleeps hold it up', () => {
    const { logs: lines, sink } = scriptWorldOf(`
      import http from 'k6/http'; import { sleep } from 'k6';
      const at = () => Math.round(Date.now() - 1767225600000);
      export default async function () {
        setTimeout(() => console.log('timer', at()), 50);
        const p = http.asyncRequest('GET', 'http://h/a').then((r) => { console.log('async', r.status, at()); return 5; });
        sleep(0.2);
        console.log('slept', at());
        http.get('http://h/b');
        console.log('five', await p, at());
        const both = await Promise.all([http.asyncRequest('GET', 'http://h/c'), http.asyncRequest('GET', 'http://h/d'), 3]);
        console.log(both.length, at());
        await new Promise((done) => setTimeout(done, 100));
        [1, 2].forEach((x) => http.get('http://h/' + x));
        let n = 0; const i = setInterval(() => { n += 1; http.get('http://h/i'); if (n === 3) clearInterval(i); }, 20);
        console.log('end', at());
      }`);
    expect(lines).toEqual(['slept 200', 'async 200 210', 'five 5 210', 'timer 210', '3 220', 'end 340']);
    expect(sink.samples).toHaveLength(9);
    expect(sink.iterations).toEqual([{ scenario: 'default', durationNs: 410 * MS, endNs: 410 * MS }]);
  });

  it('tells rejections that nobody handles', () => {
    const { logs: lines } = scriptWorldOf(`
      export default async function () { setTimeout(() => console.log('never'), 1000); throw new Error('async'); }`);
    expect(lines).toEqual([
      'error  Uncaught (in promise) Error: async\n\tat default (file:///script.js:2:94)\n',
    ]);
  });

  it('has promises by the book', () => {
    const { logs: lines } = scriptWorldOf(`
      import http from 'k6/http';
      const log = [];
      export default async function () {
        Promise.resolve(1).then((x) => log.push(x)).finally(() => log.push('f'));
        Promise.reject(new Error('e')).catch((e) => log.push(e.message));
        const r = await Promise.allSettled([1, Promise.reject(2), new Promise((a) => { http.get('http://h/'); a(3); })]);
        log.push(r.map((x) => x.status + (x.value ?? x.reason)).join());
        log.push(await Promise.race([new Promise(() => {}), Promise.resolve('race')]), await Promise.any([Promise.reject(1), 'any']));
        try { await Promise.any([Promise.reject(1)]); } catch (e) { log.push(e.constructor.name, e.errors[0]); }
        log.push(await { then(done) { http.get('http://h/'); done('thenable'); } });
        const f = async (x) => { await null; http.get('http://h/'); if (x) throw x; return 'ok'; };
        log.push(await f()); try { await f('thrown'); } catch (e) { log.push(e); }
        class A { async m() { return this.v; } static async s() { return 's'; } async #p() { return 'p'; } v = 'v'; q = async () => this.#p(); }
        log.push(await new A().m(), await A.s(), await new A().q(), await ({ async o() { return 'o'; } }).o());
        for (const x of await Promise.all([1, 2].map(async (y) => y * 2))) log.push(x);
        console.log(log.join(' '), Promise.resolve() instanceof Promise, Object.prototype.toString.call(Promise.resolve()), f() instanceof Promise);
      }`);
    expect(lines[0]).toBe(
      '1 e f fulfilled1,rejected2,fulfilled3 race any AggregateError 1 thenable ok thrown v s p o 2 4 true [object Promise] true',
    );
  });
});

function scriptWorldOf(script: string) {
  const made = scriptWorld({ script, behave: () => 10 * MS });
  made.simulation.run();
  return { ...made, logs: made.logs.map((line) => line.replace(/^info console /, '')) };
}

describe('k6', () => {
  it('check: values and functions, tags, a predicate that throws', () => {
    const { sink, logs: lines } = world(`
      console.log(check(1, { yes: true, no: 0, f: (x) => x === 1 }, { t: 'u' }), check(1, {}), check(2, { a: (x) => x > 1 }));
      try { check(1, { ok: true, bad: () => { throw new Error('p'); }, never: true }); } catch (e) { console.log(e.message); }
      try { check(1, { 'a::b': true }); } catch (e) { console.log(String(e)); }`);
    expect(sink.checks).toEqual([
      'default  yes: true',
      'default  no: false',
      'default  f: true',
      'default  a: true',
      'default  ok: true',
      'default  bad: false',
    ]);
    expect(lines.map((line) => line.replace('info console ', ''))).toEqual([
      'false true true',
      'p',
      "GoError: group and check names may not contain '::'",
    ]);
  });

  it('group: result, nesting, duration also where it throws', () => {
    const { sink } = world(`
      console.log(group('a', () => { sleep(0.1); return group('b', () => { http.get('http://h/'); return 7; }); }));
      try { group('c', () => { throw 1; }); } catch {}
      http.get('http://h/');`);
    expect(sink.samples.map(({ group }) => group)).toEqual(['::a::b', '']);
    expect(sink.custom_).toEqual([
      'group_duration 10 {"scenario":"default","group":"::a::b"}',
      'group_duration 110 {"scenario":"default","group":"::a"}',
      'group_duration 0 {"scenario":"default","group":"::c"}',
    ]);
  });

  it('randomSeed gives the numbers of Go', () => {
    expect(
      logs(
        'randomSeed(1); console.log(Math.random(), Math.random(), Math.random()); randomSeed(123456); console.log(Math.random(), Math.random());',
      ),
    ).toEqual([
      '0.6046602879796196 0.9405090880450124 0.6645600532184904',
      '0.3849275689214193 0.6075520156746239',
    ]);
  });

  it('has random numbers of its own for each virtual user, the same in each run', () => {
    const script = 'export default function () { console.log(Math.random()); }';
    const run = () => {
      const made = scriptWorld({
        script,
        scenario: { executor: 'per-vu-iterations', vus: 2, iterations: 2 },
      });
      made.simulation.run();
      return made.logs;
    };
    expect(run()).toEqual(run());
    expect(new Set(run()).size).toBe(4);
  });
});

describe('k6/metrics', () => {
  it('takes values with tags, and refuses what is none', () => {
    const {
      sink,
      logs: lines,
      run,
    } = world(
      `c.add(2, { page: 'x' }); r.add(5); r.add(0); t.add('12.5'); g.add(true); console.log(t.add(null), t.name);
       exec.vu.metrics.tags.shop = 'a'; g.add(3); http.get('http://h/'); check(1, { a: 1 }); delete exec.vu.metrics.tags.shop; g.add(4);
       try { new Trend('late'); } catch (e) { console.log(String(e)); }`,
      {
        top: "const c = new Counter('orders'), r = new Rate('ok_rate'), t = new Trend('wait', true), g = new Gauge('size');",
      },
    );
    expect(sink.custom_).toEqual([
      'orders 2 {"scenario":"default","group":"","page":"x"}',
      'ok_rate 1 {"scenario":"default","group":""}',
      'ok_rate 0 {"scenario":"default","group":""}',
      'wait 12.5 {"scenario":"default","group":""}',
      'size 1 {"scenario":"default","group":""}',
      'size 3 {"scenario":"default","group":"","shop":"a"}',
      'size 4 {"scenario":"default","group":""}',
    ]);
    expect(sink.samples[0]!.tags).toEqual({ shop: 'a' });
    expect(run.metrics.all).toEqual([
      { name: 'orders', type: 'counter', isTime: false },
      { name: 'ok_rate', type: 'rate', isTime: false },
      { name: 'wait', type: 'trend', isTime: true },
      { name: 'size', type: 'gauge', isTime: false },
    ]);
    expect(lines.at(-1)).toBe('info console GoError: metrics must be declared in the init context');
  });

  it("refuses names in k6's words, and the same name of another type", () => {
    expect(() => world('', { top: "new Trend('a');" })).toThrow(/Invalid metric name: 'a'/);
    expect(() => world('', { top: "new Trend('aa'); new Counter('aa');" })).toThrow(
      "metric 'aa' already exists but with type trend, instead of counter",
    );
  });
});

describe('k6/execution, k6/data', () => {
  it('tells where the virtual user is', () => {
    const lines = logs(
      "console.log(exec.scenario.name, exec.scenario.iterationInTest, exec.vu.idInTest, exec.vu.iterationInScenario, exec.vu.iterationInInstance, __VU, __ITER, exec.vu.tags.scenario, exec.scenario.progress, __ENV.HOST); if (__ITER === 1) exec.test.abort('enough');",
      {
        scenario: { executor: 'per-vu-iterations', vus: 1, iterations: 3 },
        run: {
          facts: (fact) => (fact === 'scenario.progress' ? 0.5 : undefined),
          env: () => ({ HOST: 'h' }),
        },
      },
    );
    expect(lines).toEqual(['default 0 1 0 0 1 0 default 0.5 h', 'default 1 1 1 1 1 1 default 0.5 h']);
  });

  it('shares arrays that nobody can change', () => {
    const lines = logs(
      `console.log(data.length, data[1].b, Array.isArray(data), data.map((x) => x.a).join(), [...data].length, JSON.stringify(data), data.find((x) => x.a === 2).b, 5 in data, data[5], data.slice(1).length);
       for (const act of [() => { data[0] = 1; }, () => { data[0].a = 2; }, () => data.push(1)]) { try { act(); } catch (e) { console.log(e.name); } }`,
      { top: "const data = new SharedArray('d', () => [{ a: 1, b: 'x' }, { a: 2, b: 'y' }]);" },
    );
    expect(lines).toEqual([
      '2 y true 1,2 2 [{"a":1,"b":"x"},{"a":2,"b":"y"}] y false undefined 1',
      'TypeError',
      'TypeError',
      'TypeError',
    ]);
  });

  it('opens files in init code only', () => {
    const open = (from: string, path: string) => `${from} ${path}`;
    expect(logs('console.log(t);', { top: "const t = open('./a.csv');", run: { open } })).toEqual([
      'file:///script.js ./a.csv',
    ]);
    expect(
      logs("try { open('./a.csv'); } catch (e) { console.log(e.message.slice(0, 60)); }", { run: { open } }),
    ).toEqual(['the "open" function is only available in the init stage (i.e']);
  });
});

describe('k6/crypto, k6/encoding, k6/html', () => {
  const texts = [
    '',
    'abc',
    'ä€😀',
    'x'.repeat(55),
    'x'.repeat(56),
    'y'.repeat(111),
    'y'.repeat(112),
    'z'.repeat(1000),
  ];

  it.each([
    ['md5', 'md5'],
    ['sha1', 'sha1'],
    ['sha256', 'sha256'],
    ['sha384', 'sha384'],
    ['sha512', 'sha512'],
    ['sha512_224', 'sha512-224'],
    ['sha512_256', 'sha512-256'],
    ['ripemd160', 'ripemd160'],
  ])('%s is that of OpenSSL', (name, openssl) => {
    const got = logs(
      `for (const t of ${JSON.stringify(texts)}) console.log(crypto.${name}(t, 'hex'), crypto.hmac('${name}', 'key', t, 'base64'));`,
    );
    const want = texts.map(
      (text) =>
        `${createHash(openssl).update(text).digest('hex')} ${createHmac(openssl, 'key').update(text).digest('base64')}`,
    );
    expect(got).toEqual(want);
  });

  it('md4 is that of RFC 1320', () => {
    expect(logs("console.log(crypto.md4('', 'hex'), crypto.md4('abc', 'hex'));")).toEqual([
      '31d6cfe0d16ae931b73c59d7e0c089c0 a448017aaf21d8525fc10ae87aa6729d',
    ]);
  });

  it('encodes and decodes base64', () => {
    expect(
      logs(
        "console.log(encoding.b64encode('hä?>'), encoding.b64encode('hä?>', 'rawurl'), encoding.b64decode('aMOkPz4=', 'std', 's'), new Uint8Array(encoding.b64decode('AQI=')).join(), crypto.hexEncode(new Uint8Array([1, 255]).buffer), crypto.randomBytes(5).byteLength);",
      ),
    ).toEqual(['aMOkPz4= aMOkPz4 hä?> 1,2 01ff 5']);
  });

  it('finds things in HTML', () => {
    const html =
      '<!doctype html><html><body><ul id="l" class="a b"><li class="x">One &amp; <b>two</b><li class="x" data-k="v">three</ul><form><input name=token value=\'t1\'><br></form><script>if (1 < 2) {}</script></body></html>';
    expect(
      logs(
        `const d = parseHTML(${JSON.stringify(html)}); console.log(d.find('input[name="token"]').attr('value'), d.find('ul#l > li.x').size(), d.find('li').first().text(), d.find('[data-k^=v]').text(), d.find('.b li').last().attr('data-k'), d.find('b').html(), d.find('nope').size());`,
      ),
    ).toEqual(['t1 1 One & twothree three v two 0']);
  });

  /** The examples of github.com/tidwall/gjson's README, as far as they are supported. */
  it.each([
    ['name.last', 'Anderson'],
    ['children.#', 3],
    ['children.1', 'Alex'],
    ['fav\\.movie', 'Deer Hunter'],
    ['friends.#.first', ['Dale', 'Roger', 'Jane']],
    ['friends.1.last', 'Craig'],
    ['friends.#(last=="Murphy").first', 'Dale'],
    ['friends.#(last=="Murphy")#.first', ['Dale', 'Jane']],
    ['friends.#(age>45)#.last', ['Craig', 'Murphy']],
    ['friends.#(first%"D*").last', 'Murphy'],
    ['nope.a', undefined],
  ])('finds %s in JSON', (path, want) => {
    const friends = [
      { first: 'Dale', last: 'Murphy', age: 44 },
      { first: 'Roger', last: 'Craig', age: 68 },
      { first: 'Jane', last: 'Murphy', age: 47 },
    ];
    const person = {
      name: { first: 'Tom', last: 'Anderson' },
      children: ['Sara', 'Alex', 'Jack'],
      'fav.movie': 'Deer Hunter',
      friends,
    };
    expect(jsonPath(person, path)).toEqual(want);
  });
});
