import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryWith, type SimOptions, SMALL_MODEL, sim } from './sim.js';

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  directory = directoryWith({ 'model.yaml': SMALL_MODEL, 'users.csv': 'name,age\nann,31\nbob,"4 2"\n' });
});
afterEach(() => directory.remove());

const BASE = 'http://127.0.0.1:8000';

/** Runs a script against the small model; `words` are further flags. */
async function k6(script: string, words: readonly string[] = [], options: SimOptions = {}) {
  const own = directoryWith({ 'script.js': script, 'users.csv': 'name,age\nann,31\nbob,"4 2"\n' });
  try {
    const all = ['k6', 'run', own.at('script.js'), '--model', directory.at('model.yaml'), ...words];
    const ran = await sim(all, options);
    const shorten = (text: string) => text.replaceAll(own.at(''), '/s');
    return { code: ran.code, out: shorten(ran.out), error: shorten(ran.error) };
  } finally {
    own.remove();
  }
}

/** The log without its times. */
function messages(error: string): string[] {
  return error
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^time="[^"]*" /, ''));
}

const ONE_REQUEST = `import http from 'k6/http';
import { check } from 'k6';
export const options = { vus: 2, iterations: 6 };
export default function () { check(http.get('${BASE}/x'), { 'status is 200': (r) => r.status === 200 }); }`;

describe('sim k6 run', () => {
  it('prints what k6 prints: banner, description, summary, last progress', async () => {
    const { code, out, error } = await k6(ONE_REQUEST);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const lines = out.split('\n');
    expect(lines[0]).toBe('');
    expect(lines[1]).toBe('         /\\      Grafana   /‾‾/  ');
    expect(out).toContain('     execution: local\n        script: /s/script.js\n        output: -\n');
    expect(out).toContain(
      '              * default: 6 iterations shared among 2 VUs (maxDuration: 10m0s, gracefulStop: 30s)',
    );
    expect(out).toContain('    checks_succeeded...: 100.00% 6 out of 6\n');
    expect(out).toMatch(/\n {4}http_reqs\.+: 6 {6}\d+\.\d+\/s\n/);
    expect(out).toMatch(
      /\nrunning \(00m00\.0s\), 0\/2 VUs, 6 complete and 0 interrupted iterations\ndefault ✓ \[ 100% \] 2 VUs {2}00m00\.0s\/10m0s {2}6\/6 shared iters\n$/,
    );
  });

  it('is the same to the last byte under one seed, and another under another', async () => {
    const first = await k6(ONE_REQUEST, ['-q']);
    expect(await k6(ONE_REQUEST, ['-q'])).toEqual(first);
    expect((await k6(ONE_REQUEST, ['-q', '--seed', '2'])).out).not.toBe(first.out);
  });

  it('takes -u, -d, -i, -s, -e, --tag and K6 variables', async () => {
    const script = `import { sleep } from 'k6';
      export default function () { sleep(1); if (__VU === 1 && __ITER === 0) console.log(__ENV.WHO); }`;
    const looping = await k6(script, ['-u', '3', '-d', '2s', '-e', 'WHO=me']);
    expect(looping.out).toContain('* default: 3 looping VUs for 2s');
    expect(looping.out).toMatch(/iterations\.+: 6 {3}3\/s/);
    expect(messages(looping.error)).toEqual(['level=info msg=me source=console']);
    expect((await k6(script, ['-s', '1s:2', '-s', '1s:0'])).out).toContain(
      'Up to 2 looping VUs for 2s over 2 stages',
    );
    const fromEnvironment = await k6(script, [], { env: { K6_ITERATIONS: '4', K6_VUS: '2' } });
    expect(fromEnvironment.out).toContain('4 iterations shared among 2 VUs');
  });

  it('reads what is said of the script’s own flags nowhere else', async () => {
    const { code, error } = await k6(ONE_REQUEST, ['--modle', 'x']);
    expect(code).toBe(255);
    expect(messages(error)).toEqual(['level=error msg="unknown flag: --modle"']);
  });

  it('ends with 99 where thresholds are crossed, and says which', async () => {
    const script = ONE_REQUEST.replace(
      'iterations: 6',
      "iterations: 6, thresholds: { checks: ['rate<0.5'] }",
    );
    const ran = await k6(script, ['-q']);
    expect(ran.code).toBe(99);
    expect(ran.out).toContain("    ✗ 'rate<0.5' rate=100.00%");
    expect(messages(ran.error)).toEqual([
      `level=error msg="thresholds on metrics 'checks' have been crossed"`,
    ]);
    expect(await k6(script, ['-q', '--no-thresholds'])).toMatchObject({ code: 0, error: '' });
  });

  it('aborts at a threshold with abortOnFail at the next two seconds; teardown() runs', async () => {
    const ran = await k6(
      `import { check, sleep } from 'k6';
      export const options = { duration: '1m', thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true }] } };
      export default function () { check(0, { yes: (value) => value === 1 }); sleep(0.7); }
      export function teardown() { console.log('down'); }`,
    );
    expect(ran.code).toBe(99);
    expect(ran.out).toMatch(/iterations\.+: 2 {3}1\/s/);
    expect(ran.out).toContain(
      'running (0m02.0s), 0/1 VUs, 2 complete and 1 interrupted iterations\ndefault ✗',
    );
    expect(ran.error.split('\n')[0]).toBe('time="2026-01-01T00:00:02Z" level=info msg=down source=console');
    expect(messages(ran.error)[1]).toContain(
      'at least one has abortOnFail enabled, stopping test prematurely',
    );
  });

  it('divides rates by the whole test, setup() and teardown() included', async () => {
    const ran = await k6(
      `import { sleep } from 'k6';
      export const options = { vus: 1, iterations: 3 };
      export function setup() { sleep(1.3); return { made: [1, undefined, new Date()] }; }
      export default function (data) { sleep(1); if (__ITER === 0) console.log(JSON.stringify(data)); data.made = __ITER; }
      export function teardown(data) { sleep(1.2); console.log(data.made.length); }`,
    );
    expect(messages(ran.error)).toEqual([
      'level=info msg="{\\"made\\":[1,null,\\"2026-01-01T00:00:01.3Z\\"]}" source=console',
      'level=info msg=3 source=console',
    ]);
    expect(ran.out).toMatch(/iterations\.+: 3 {3}0\.545455\/s/);
  });

  it('takes the summary’s modes, statistics and unit', async () => {
    const full = await k6(ONE_REQUEST, ['-q', '--summary-mode', 'full']);
    expect(full.out).toContain('http_req_waiting');
    const legacy = await k6(ONE_REQUEST, ['-q', '--summary-mode=legacy']);
    expect(legacy.out).toContain('     ✓ status is 200\n');
    expect(legacy.error).toContain('The \\"legacy\\" summary mode has been deprecated');
    const chosen = await k6(ONE_REQUEST, [
      '-q',
      '--summary-trend-stats=count,p(99)',
      '--summary-time-unit=us',
    ]);
    expect(chosen.out).toMatch(/iteration_duration\.+: count=6 p\(99\)=\d+\.\d\dµs/);
    expect((await k6(ONE_REQUEST, ['-q', '--no-summary'])).out).toBe('');
  });

  it('writes the files of --out and --summary-export, compressed where their names say so', async () => {
    const at = (name: string) => directory.at(name);
    const outs = ['-o', `csv=${at('p.csv')}`, '-o', `json=${at('p.json.gz')}`, '--tag', 'run=7'];
    const ran = await k6(ONE_REQUEST, [...outs, '--summary-export', at('s.json')]);
    expect(ran.out).toContain(`        output: csv (${at('p.csv')}), json (${at('p.json.gz')})\n`);
    const rows = readFileSync(at('p.csv'), 'utf8').trim().split('\n');
    // Per iteration nine samples of the request, one of the check, two of bytes and two of the iteration.
    expect(rows).toHaveLength(1 + 6 * 14);
    expect(rows[1]).toBe(
      `http_reqs,1767225600,1.000000,,,,true,,GET,${BASE}/x,HTTP/1.1,default,,200,,,${BASE}/x,run=7,`,
    );
    const points = gunzipSync(readFileSync(at('p.json.gz')))
      .toString()
      .trim()
      .split('\n');
    expect(JSON.parse(points[1]!)).toMatchObject({
      metric: 'http_reqs',
      data: { value: 1, tags: { run: '7' } },
    });
    const summary = JSON.parse(readFileSync(at('s.json'), 'utf8')) as { metrics: Record<string, unknown> };
    expect(summary.metrics.checks).toEqual({ passes: 6, fails: 0, value: 1 });
  });

  it('writes what handleSummary returns, and the default text where it throws', async () => {
    const handled = await k6(
      `${ONE_REQUEST}
      export function handleSummary(data) {
        return { stdout: Object.keys(data).join() + '\\n', '${directory.at('out.txt')}': String(data.metrics.iterations.values.count) };
      }`,
      ['-q'],
    );
    expect(handled.out).toBe('root_group,options,state,metrics,setup_data\n');
    expect(readFileSync(directory.at('out.txt'), 'utf8')).toBe('6');
    const thrown = await k6(`${ONE_REQUEST}\nexport function handleSummary() { throw new Error('no'); }`, [
      '-q',
    ]);
    expect(thrown.code).toBe(0);
    expect(thrown.out).toContain('TOTAL RESULTS');
    expect(thrown.error).toContain('level=error msg="Error: no\\n\\tat handleSummary (');
  });

  it('ends on Ctrl-C as k6 does: teardown(), summary, 105', async () => {
    const ran = await k6(
      `import { sleep } from 'k6';
      export const options = { vus: 5, duration: '1h' };
      export default function () { if (__VU === 1 && __ITER === 50) console.log('now'); sleep(0.01); }
      export function teardown() { console.log('down'); }`,
      [],
      { interruptAt: /msg=now/ },
    );
    expect(ran.code).toBe(105);
    expect(messages(ran.error).slice(1)).toEqual([
      'level=info msg=down source=console',
      `level=error msg="test run was aborted because k6 received a 'interrupt' signal"`,
    ]);
    expect(ran.out).toMatch(/5 interrupted iterations\ndefault ✗ \[ {3}0% \] 5 VUs/);
  });

  it('runs as a terminal has it, with colours', async () => {
    const ran = await k6(ONE_REQUEST, [], { output: 'terminal' });
    expect(ran.out).toContain('\u001b[');
    expect((await k6(ONE_REQUEST, ['--no-color'], { output: 'terminal' })).out).not.toContain('\u001b[36m');
  });
});

describe('what the model answers', () => {
  it('sends the first host to the entry, names of the model to their places, and finds nobody elsewhere', async () => {
    const ran = await k6(
      `import http from 'k6/http';
      export default function () {
        const urls = ['http://shop.test/x', 'http://api:9/x', 'http://api-1/x', 'http://other.test/x', 'http://10.0.0.9:80/x'];
        console.log(urls.map((url) => { const r = http.get(url); return r.status + ':' + r.error_code; }).join(' '));
      }`,
      ['-q'],
    );
    expect(messages(ran.error)).toEqual([
      'level=warning msg="Request Failed" error="Get \\"http://other.test/x\\": lookup other.test: no such host"',
      'level=warning msg="Request Failed" error="Get \\"http://10.0.0.9:80/x\\": dial tcp 10.0.0.9:80: connect: connection refused"',
      'level=info msg="200:0 200:0 200:0 0:1101 0:1212" source=console',
    ]);
  });

  it('gives the library of jslib.k6.io, and reads files beside the script', async () => {
    const ran = await k6(
      `import { randomIntBetween, findBetween } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';
      import { textSummary } from 'https://jslib.k6.io/k6-summary/0.0.2/index.js';
      import papaparse from 'https://jslib.k6.io/papaparse/5.1.1/index.js';
      import { SharedArray } from 'k6/data';
      const users = new SharedArray('users', () => papaparse.parse(open('./users.csv'), { header: true }).data);
      export default function () { console.log(users[1].age, randomIntBetween(4, 4), findBetween('<a>', '<', '>')); }
      export function handleSummary(data) { return { stdout: textSummary(data, { indent: '>', enableColors: false }) }; }`,
      ['-q'],
    );
    expect(messages(ran.error)).toEqual(['level=info msg="4 2 4 a" source=console']);
    expect(ran.out).toMatch(/^>{1}.*data_received/m);
  });
});

describe('bad input, in k6’s words', () => {
  const cases: readonly [string, string, number, string][] = [
    [
      'a syntax error',
      'export default function () {\n  f(1\n}',
      107,
      "msg=\"could not initialize 'script.js': could not load JS test 'file:///s/script.js': file:///s/script.js: Line 3:1 Unexpected token }\"",
    ],
    [
      'no export',
      'const a = 1;',
      255,
      "could not load JS test 'file:///s/script.js': no exported functions in script",
    ],
    [
      'no default export',
      'export function other() {}',
      104,
      "executor default: function 'default' not found in exports",
    ],
    [
      'a wrong stage',
      "export const options = { stages: [{ duration: 'abc', target: 3 }] };\nexport default function () {}",
      104,
      'time: invalid duration \\"abc\\"',
    ],
    [
      'an exception in init code',
      "function f() { throw new Error('boom'); }\nf();\nexport default function () {}",
      107,
      'msg="Error: boom\\n\\tat f (file:///s/script.js:1:22)\\n\\tat file:///s/script.js:2:2\\n" hint="script exception"',
    ],
    [
      'open() of a missing file',
      "const d = open('./no.csv');\nexport default function () {}",
      107,
      'msg="GoError: stat /s/no.csv: no such file or directory',
    ],
    [
      'open() outside of the folder',
      "const d = open('../../etc/passwd');\nexport default function () {}",
      107,
      'is not below /s/',
    ],
    [
      'a missing module',
      "import x from './no.js';\nexport default function () {}",
      107,
      'The moduleSpecifier \\"./no.js\\" couldn\'t be found on local disk.',
    ],
    [
      'a module of elsewhere',
      "import x from 'https://example.com/a.js';\nexport default function () {}",
      107,
      'a simulated run fetches nothing',
    ],
    [
      'setup() that throws',
      "export function setup() { throw new Error('no'); }\nexport default function () {}",
      107,
      'msg="Error: no\\n\\tat setup (file:///s/script.js:1:33)\\n" hint="script exception"',
    ],
    [
      'setup() that takes too long',
      "import { sleep } from 'k6';\nexport const options = { setupTimeout: '1s' };\nexport function setup() { sleep(2); }\nexport default function () {}",
      100,
      'msg="setup() execution timed out after 1 seconds" hint="You can increase the time limit via the setupTimeout option"',
    ],
    [
      'teardown() that throws',
      "export default function () {}\nexport function teardown() { throw new Error('no'); }",
      107,
      'msg="Error: no\\n\\tat teardown (file:///s/script.js:2:36)\\n" hint="script exception"',
    ],
    [
      'exec.test.abort()',
      "import exec from 'k6/execution';\nexport default function () { exec.test.abort('enough'); }",
      108,
      'msg="test aborted: enough at default (file:///s/script.js:2:45)"',
    ],
    [
      'exec.test.fail()',
      "import exec from 'k6/execution';\nexport default function () { exec.test.fail('bad'); }",
      110,
      'msg="test run was marked as failed"',
    ],
  ];
  it.each(cases)('%s', async (_name, script, code, text) => {
    const ran = await k6(script, ['-q']);
    expect(ran.error).toContain(text);
    expect(ran.code).toBe(code);
  });

  it('a script that is not there, and more than one', async () => {
    const missing = await sim(['k6', 'run', 'no.js', '--model', directory.at('model.yaml')]);
    expect(missing.code).toBe(255);
    expect(missing.error).toContain('The moduleSpecifier \\"no.js\\" couldn\'t be found on local disk.');
    const none = await sim(['k6', 'run']);
    expect(messages(none.error)).toEqual([
      'level=error msg="accepts 1 arg(s), received 0: arg should either be \\"-\\", if reading script from stdin, or a path to a script file"',
    ]);
  });

  it('a model that is not named, and one that is wrong', async () => {
    const own = directoryWith({ 'script.js': ONE_REQUEST });
    const none = await sim(['k6', 'run', own.at('script.js')]);
    expect(none).toMatchObject({ code: 104, error: expect.stringContaining('name one with --model') });
    const wrong = await sim(['k6', 'run', own.at('script.js'), '--model', 'no.yaml']);
    expect(wrong).toMatchObject({ code: 104, error: expect.stringContaining('no such file') });
    own.remove();
  });

  it('warns of options that k6 does not know, and of an exception in an iteration', async () => {
    const ran = await k6(
      "export const options = { vus: 1, iterations: 1, foo: 3 };\nexport default function () { throw new Error('in it'); }",
      ['-q'],
    );
    expect(ran.code).toBe(0);
    expect(messages(ran.error)).toEqual([
      'level=warning msg="There were unknown fields in the options exported in the script" error="json: unknown field \\"foo\\""',
      'level=error msg="Error: in it\\n\\tat default (file:///s/script.js:2:36)\\n" executor=shared-iterations scenario=default source=stacktrace',
    ]);
    expect(ran.out).toMatch(/iterations\.+: 1 /);
  });
});

describe('sim k6 inspect', () => {
  it('prints the options as k6 does', async () => {
    const own = directoryWith({ 'script.js': ONE_REQUEST });
    const plain = await sim(['k6', 'inspect', own.at('script.js')]);
    expect(JSON.parse(plain.out)).toMatchObject({ vus: 2, iterations: 6, scenarios: null });
    const whole = await sim(['k6', 'inspect', '--execution-requirements', own.at('script.js')]);
    expect(JSON.parse(whole.out)).toMatchObject({ totalDuration: '10m30s', maxVUs: 2 });
    expect(existsSync(own.at('script.js'))).toBe(true);
    own.remove();
  });

  it('shows help', async () => {
    expect((await sim(['k6'])).out).toContain('sim k6 run [flags] SCRIPT --model MODEL');
    expect((await sim(['k6', 'fly'])).code).toBe(255);
  });
});
