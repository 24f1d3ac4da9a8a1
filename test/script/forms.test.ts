import { describe, expect, it, vi } from 'vitest';
import { parseHtml } from '../../src/script/prelude/html.js';
import { parseMistake, unmarshalMistake } from '../../src/script/prelude/json-mistake.js';
import { scriptWorld } from './script-world.js';

// The prelude's files expect the parameter of the function that is around them in a realm.
vi.hoisted(() => Object.assign(globalThis, { hostFunctions: {} }));

const PAGE = `<!DOCTYPE html><html><head><title>Shop &amp; Co</title></head><body><h1 class="big" id="t">Hello</h1>
<ul><li class="item" data-id="1">one</li><li class="item" data-id="2">two</li></ul>
<a href="/inbox">Messages</a><a href="page2" class="next">Next</a>
<form action="/login" method="post" id="f"><input type="hidden" name="token" value="tok"><input name="user" value="bob">
<input type="checkbox" name="no" value="1" checked><input type="checkbox" name="yes" checked="checked">
<select name="s"><option value="a">A</option><option value="b" selected>B</option></select>
<textarea name="t">txt</textarea><input type="submit" name="go" value="Go"></form>
<form class="search"><input name="q" value="x y"></form></body></html>`;

/** Runs `body` with the answer to a page at hand; every request is answered with it. */
function run(body: string, rps?: number) {
  const world = scriptWorld({
    script: `import http from 'k6/http';
export default function () {
  const res = http.get('http://h/shop/start?a=1');
  ${body}
}`,
    behave: () => (exchange) => {
      exchange.responseBody = PAGE;
      exchange.answer(200, PAGE.length);
    },
    ...(rps === undefined
      ? {}
      : { run: { rps, facts: (fact) => (fact === 'option.rps' ? rps : undefined) } }),
  });
  world.simulation.run();
  return {
    logs: world.logs.map((line) => line.replace(/^info console /, '')),
    asked: world.station.accepted
      .slice(1)
      .map(({ exchange: { endpoint } }) => `${endpoint.method} ${endpoint.path}`),
    atMs: world.station.accepted.map(({ atNs }) => atNs / 1e6),
  };
}

describe('response.submitForm (js/modules/k6/http/response.go; compared with k6 v1.8.1)', () => {
  it('sends the fields of a form to where it says, with the button and what is given', () => {
    const { asked, logs } = run(
      "const r = res.submitForm({ formSelector: '#f', fields: { user: 'eve' }, params: { headers: { a: 'b' } } });" +
        'console.log(r.request.body, r.request.headers.A, r.url);',
    );
    expect(asked).toEqual(['POST /login']);
    expect(logs).toEqual(['go=Go&s=b&t=txt&token=tok&user=eve&yes=on [ "b" ] http://h/login']);
  });

  it('takes all forms together where no selector says which, as k6 does', () => {
    expect(run('console.log(res.submitForm().request.body)').logs).toEqual([
      'go=Go&q=x+y&s=b&t=txt&token=tok&user=bob&yes=on',
    ]);
  });

  it('asks by GET, at the page’s own place, where the form says neither', () => {
    const { asked } = run("res.submitForm({ formSelector: '.search', fields: { p: '1 2' } })");
    expect(asked).toEqual(['GET /shop/start?p=1+2&q=x+y']);
  });

  it('needs a form', () => {
    expect(run("res.submitForm({ formSelector: '#none' })").logs).toEqual([
      "error stacktrace GoError: no form found for selector '#none' in response 'http://h/shop/start?a=1'\n\tat reflect.methodValueCall (native)\n\tat default (file:///script.js:4:17)\n",
    ]);
  });
});

describe('response.clickLink', () => {
  it('follows the first link, or the one that is selected', () => {
    expect(run('res.clickLink()').asked).toEqual(['GET /inbox']);
    expect(run("res.clickLink({ selector: 'a.next', params: { tags: { a: 'b' } } })").asked).toEqual([
      'GET /shop/page2',
    ]);
  });

  it('needs a link', () => {
    const said = (selector: string) =>
      run(`try { res.clickLink({ selector: '${selector}' }) } catch (e) { console.log(String(e)) }`).logs;
    expect(said('a.none')).toEqual([
      "GoError: no element found for selector 'a.none' in response 'http://h/shop/start?a=1'",
    ]);
    expect(said('h1')).toEqual([
      "GoError: no valid href attribute value found on element 'h1' in response 'http://h/shop/start?a=1'",
    ]);
  });
});

describe('k6’s Selection', () => {
  const page = parseHtml(PAGE);
  it.each([
    ['title', page.find('title').text(), 'Shop & Co'],
    ['find and eq', page.find('li.item').eq(1).attr('data-id'), '2'],
    ['last and data', page.find('li').last().data('id'), 2],
    ['next', page.find('li').first().next().text(), 'two'],
    ['prevAll', page.find('form').prevAll('a').size(), 2],
    ['siblings', page.find('h1').siblings('a').size(), 2],
    ['closest', page.find('input[name=q]').closest('form').attr('class'), 'search'],
    ['parents', page.find('li').parents().size(), 3],
    ['has', page.find('form').has('select').attr('id'), 'f'],
    ['not', page.find('a').not('.next').text(), 'Messages'],
    ['add', page.find('li').add('h1').size(), 3],
    ['is', page.find('h1').is('.big'), true],
    ['index', page.find('a.next').index('a'), 1],
    ['contents', page.find('ul').contents().size(), 2],
    ['html, as Go writes it', page.find('form.search').html(), '<input name="q" value="x y"/>'],
    ['val of a select', page.find('select').val(), 'b'],
    ['serialize', page.find('#f').serialize(), 's=b&t=txt&token=tok&user=bob&yes=on'],
    ['map', page.find('li').map((index, item) => `${index}${item.text()}`), ['0one', '1two']],
    ['get', (page.find('li').get(0) as { nodeName(): string }).nodeName(), 'li'],
  ])('%s', (_, value, expected) => {
    expect(value).toEqual(expected);
  });

  it('calls back with what waits', () => {
    const { asked, logs } = run(
      "res.html('li').each((index, item) => { http.get('http://h/' + item.textContent()); });" +
        "console.log(res.html('li').map((index, item) => http.get('http://h/m' + index).status).join());",
    );
    expect(asked).toEqual(['GET /one', 'GET /two', 'GET /m0', 'GET /m1']);
    expect(logs).toEqual(['200,200']);
  });
});

describe('mistakes in JSON, in Go’s words', () => {
  it.each([
    ['', 'Unexpected end of JSON input (EOF)'],
    ['{"a":1', 'Unexpected end of JSON input (EOF)'],
    ['"abc', 'unexpected EOF'],
    ['[1 2]', "invalid character '2' after array element"],
    ['{a:1}', "invalid character 'a'"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['01', 'Unexpected token at the end: 1'],
    ['{"a":1}}', 'Unexpected token at the end: <nil>'],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ["{'a':1}", "invalid character '\\''"],
    ['<html>', "invalid character '<' looking for beginning of value"],
    ['[{"a":[1,2.5e3,true,null,"\\u00e9"]}]', undefined],
  ])('JSON.parse(%j): %s', (text, message) => {
    expect(parseMistake(text)).toBe(message);
  });

  it.each([
    ['{"a":1', 'unexpected end of JSON input', 6],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string", 1],
    ['{} x', "invalid character 'x' after top-level value", 3],
    ['[truk]', "invalid character 'k' in literal true (expecting 'e')", 4],
  ])('response.json() of %j: %s', (text, message, at) => {
    expect(unmarshalMistake(text)).toEqual({ message, at });
  });
});

describe('the option rps', () => {
  it('gives each request its turn before it begins, in a batch and beside others too', () => {
    const { atMs } = run(
      "http.batch(['http://h/a', 'http://h/b']); http.asyncRequest('GET', 'http://h/c');",
      10,
    );
    expect(atMs).toEqual([0, 100, 200, 300]);
  });
});
