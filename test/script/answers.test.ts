import { describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../../src/model/exchange.js';
import { readSetCookies } from '../../src/script/prelude/cookies.js';
import { goJson } from '../../src/script/prelude/exported.js';
import { resolved } from '../../src/script/prelude/redirects.js';
import { type ScriptWorldOptions, scriptWorld } from './script-world.js';

// The prelude's files expect the parameter of the function that is around them in a realm.
vi.hoisted(() => Object.assign(globalThis, { hostFunctions: {} }));

const BASE = 'http://host:8080';

/** What a small site answers. */
const SITE: Readonly<Record<string, { status: number; headers?: Record<string, string>; body?: string }>> = {
  'GET /': {
    status: 200,
    body: 'front',
    headers: { 'Content-Type': 'text/plain', 'X-Instance-ID': 'api-1' },
  },
  'GET /json': { status: 200, body: '{"items":[{"id":7}]}', headers: { 'Content-Type': 'application/json' } },
  'GET /old': { status: 301, headers: { Location: 'older?x=1#part' } },
  'GET /older?x=1': { status: 302, headers: { location: `${BASE}/` } },
  'GET /loop': { status: 302, headers: { Location: '/loop' } },
  'POST /form': { status: 303, headers: { Location: '/', 'Set-Cookie': 'sid=abc; Path=/; HttpOnly' } },
  'POST /keep': { status: 307, headers: { Location: '/orders' } },
  'POST /orders': { status: 201 },
  'GET /out': { status: 200, headers: { 'Set-Cookie': 'sid=; Max-Age=0; Path=/' } },
  'GET /nowhere': { status: 302, headers: { Location: 'mailto:a@b' } },
};

function answer(exchange: Exchange): void {
  const { method, path } = exchange.endpoint;
  const { status, headers, body } = SITE[`${method} ${path}`] ?? { status: 404 };
  exchange.responseHeaders = headers;
  exchange.responseBody = body;
  exchange.answer(status, 100);
}

/** Runs a body, and tells what it logged and what was asked for. */
function run(body: string, options: Partial<ScriptWorldOptions> = {}) {
  const world = scriptWorld({
    script: `import http from 'k6/http'; const BASE = '${BASE}'; export default async function () { ${body} }`,
    behave: () => answer,
    ...options,
  });
  world.simulation.run();
  return {
    logs: world.logs.map((line) => line.replace(/^info console /, '')),
    asked: world.station.accepted.map(({ exchange: { endpoint } }) => `${endpoint.method} ${endpoint.path}`),
    cookies: world.station.accepted.map(({ exchange: { endpoint } }) => endpoint.headers.Cookie),
    sink: world.sink,
  };
}

function withOptions(values: Readonly<Record<string, unknown>>): Partial<ScriptWorldOptions> {
  return { run: { facts: (fact) => values[fact.replace('option.', '')] } };
}

describe('an answer', () => {
  it('has the body and the headers of the model, by Go’s names', () => {
    const { logs } = run(`
      const r = http.get(BASE + '/');
      console.log(r.body, r.headers['X-Instance-Id'], r.headers['X-Instance-ID'], Object.keys(r.headers).length);
      console.log(http.get(BASE + '/json').json('items.0.id'));
      console.log(http.get(BASE + '/json', { responseType: 'none' }).body);`);
    expect(logs).toEqual(['front api-1 undefined 2', '7', 'null']);
  });

  it('has no body where the option discards it, and the request does not want it', () => {
    const body = `console.log(http.get(BASE + '/').body, http.get(BASE + '/', { responseType: 'text' }).body);`;
    expect(run(body, withOptions({ discardResponseBodies: true })).logs).toEqual(['null front']);
  });
});

describe('redirects', () => {
  it('are followed, each with its own samples, to the last answer', () => {
    const { logs, asked, sink } = run(
      `const r = http.get(BASE + '/old'); console.log(r.status, r.url, r.body, r.request.url);`,
    );
    expect(asked).toEqual(['GET /old', 'GET /older?x=1', 'GET /']);
    expect(logs).toEqual([`200 ${BASE}/ front ${BASE}/old`]);
    expect(sink.samples.map(({ name, status }) => `${status} ${name}`)).toEqual([
      `301 ${BASE}/old`,
      `302 ${BASE}/older?x=1`,
      `200 ${BASE}/`,
    ]);
  });

  it('make a GET of a POST, but for 307', () => {
    const { asked } = run(`http.post(BASE + '/form', 'x'); http.post(BASE + '/keep', 'body');`);
    expect(asked).toEqual(['POST /form', 'GET /', 'POST /keep', 'POST /orders']);
  });

  it('end at the limit of the request, of the options, or at ten with a warning', () => {
    const count = (body: string, options?: Partial<ScriptWorldOptions>) => run(body, options).asked.length;
    expect(count(`http.get(BASE + '/loop', { redirects: 0 })`)).toBe(1);
    expect(count(`http.get(BASE + '/loop', { redirects: 3 })`)).toBe(4);
    expect(count(`http.get(BASE + '/loop')`, withOptions({ maxRedirects: 2 }))).toBe(3);
    const { asked, logs } = run(`console.log(http.get(BASE + '/loop').status)`);
    expect(asked.length).toBe(11);
    expect(logs[0]).toMatch(/^warning .*Stopped after 11 redirects and returned the redirection; pass/);
    expect(logs[1]).toBe('302');
  });

  it('are followed in batches and asynchronous requests too', () => {
    const { logs } = run(`
      console.log(http.batch([BASE + '/old', BASE + '/json']).map((r) => r.status + r.url).join(' '));
      console.log((await http.asyncRequest('GET', BASE + '/old')).body);`);
    expect(logs).toEqual([`200${BASE}/ 200${BASE}/json`, 'front']);
  });

  it.each([
    ['/a/b?q', 'c', '/a/c'],
    ['/a/b', '../c/./d', '/c/d'],
    ['/a/', '?x=1', '/a/?x=1'],
    ['', '/c#d', '/c'],
    ['/a/b', '..', '/'],
  ])('lead from %s by %s to %s', (from, reference, to) => {
    expect(resolved(`http://h:1${from}`, reference)).toBe(`http://h:1${to}`);
  });

  it('lead to another host', () => {
    expect(resolved('https://h/a', '//other/b')).toBe('https://other/b');
    expect(resolved('https://h/a', 'http://other/b')).toBe('http://other/b');
  });
});

describe('cookies of answers', () => {
  it('are kept within the iteration, sent, shown and taken away', () => {
    const { logs, cookies } = run(
      `const r = http.post(BASE + '/form', 'x', { redirects: 0 });
       console.log(JSON.stringify(r.cookies));
       http.get(BASE + '/'); http.get(BASE + '/out'); http.get(BASE + '/');`,
      { scenario: { executor: 'per-vu-iterations', iterations: 2 } },
    );
    const shown =
      '{"sid":[{"name":"sid","value":"abc","domain":"","path":"/","http_only":true,"secure":false,"max_age":0,"expires":-6795364578871}]}';
    expect(logs).toEqual([shown, shown]);
    const once = [undefined, 'sid=abc', 'sid=abc', undefined];
    expect(cookies).toEqual([...once, ...once]);
  });

  it('outlive the iteration with noCookiesReset', () => {
    const { cookies } = run(`http.get(BASE + '/'); http.post(BASE + '/form', 'x', { redirects: 0 });`, {
      scenario: { executor: 'per-vu-iterations', iterations: 2 },
      ...withOptions({ noCookiesReset: true }),
    });
    expect(cookies).toEqual([undefined, undefined, 'sid=abc', 'sid=abc']);
  });

  it('are read as Go does', () => {
    expect(readSetCookies('nothing')).toEqual([]);
    expect(
      readSetCookies('a="b c"; Domain=h; Secure; Max-Age=60; Expires=Thu, 01 Jan 2026 00:00:00 GMT'),
    ).toEqual([
      {
        name: 'a',
        value: 'b c',
        domain: 'h',
        path: '',
        http_only: false,
        secure: true,
        max_age: 60,
        expires: Date.UTC(2026, 0, 1),
      },
    ]);
    expect(readSetCookies('a=1\nb=2; Path=/x').map(({ name, path }) => `${name} ${path}`)).toEqual([
      'a ',
      'b /x',
    ]);
  });
});

describe('what setup returns, through Go’s JSON (real k6: 1970-01-01T00:00:00Z, 2001-09-09T01:46:40.12Z)', () => {
  it.each([
    [new Date(0), '"1970-01-01T00:00:00Z"'],
    [new Date(1e12 + 120), '"2001-09-09T01:46:40.12Z"'],
    [new Date(1_234_567), '"1970-01-01T00:20:34.567Z"'],
    [{ b: undefined, a: [1, undefined, null] }, '{"a":[1,null,null],"b":null}'],
    [{ toJSON: 1, x: 'é"' }, '{"toJSON":1,"x":"é\\""}'],
  ])('%j is %s', (value, text) => {
    expect(goJson(value)).toBe(text);
  });

  it('refuses what JSON does not have', () => {
    expect(() => goJson({ n: Number.NaN })).toThrow('json: unsupported value: NaN');
    expect(() => goJson(() => 1)).toThrow('json: unsupported type: func(sobek.FunctionCall) sobek.Value');
  });
});
