import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryWith, SMALL_MODEL, sim } from './sim.js';

const NGINX = ['picks', '--product', 'nginx'];
const KEYS = 'x\ny\nuser1\nuser2\nabc\n42\n';

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  const balanced = SMALL_MODEL.replace(
    'services:\n  api:',
    'balancer:\n  product: nginx\n  on: laptop\n  upstream: { api: { weight: [1, 2] } }\nservices:\n  api:\n    replicas: 2',
  );
  directory = directoryWith({ 'keys.txt': KEYS, 'model.yaml': balanced, 'bare.yaml': SMALL_MODEL });
});
afterEach(() => directory.remove());

/** The picks of a command line as one text: `a a b`, `-` for none. */
async function picks(words: readonly string[]): Promise<string> {
  return ((await json(words)).picks as (string | null)[]).map((pick) => pick ?? '-').join(' ');
}

async function json(words: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await sim([...words, '--json']);
  expect(ran).toMatchObject({ code: 0, error: '' });
  return JSON.parse(ran.out) as Record<string, unknown>;
}

describe('sim picks', () => {
  it('prints the sequence, and how fair it is', async () => {
    const ran = await sim([...NGINX, '--algorithm', 'round_robin', '--weights', '5,1,1', '-n', '14']);
    expect(ran).toEqual({
      code: 0,
      error: '',
      out: `nginx round_robin, 14 requests one after another, seed 1
a a b a c a a a a b a c a a

host  weight  picks   share    fair  deviation
a          5     10  71.4 %  71.4 %          0
b          1      2  14.3 %  14.3 %          0
c          1      2  14.3 %  14.3 %          0
`,
    });
  });

  it('prints one object and nothing else with --json', async () => {
    expect(await json([...NGINX, '--weights', '5,1,1', '-n', '7'])).toEqual({
      product: 'nginx',
      algorithm: 'round_robin',
      seed: '1',
      held: false,
      picks: ['a', 'a', 'b', 'a', 'c', 'a', 'a'],
      share: { a: 0.714285714286, b: 0.142857142857, c: 0.142857142857 },
      fair: { a: 0.714285714286, b: 0.142857142857, c: 0.142857142857 },
      deviation: { a: 0, b: 0, c: 0 },
      weights: { a: 5, b: 1, c: 1 },
      hosts: { a: '127.0.0.1:20101', b: '127.0.0.1:20102', c: '127.0.0.1:20103' },
    });
  });

  it.each([
    [[], 21], // three hosts of weight 1
    [['--weights', '5,1,1'], 21],
    [['--weights', '10,10'], 20],
    [['--weights', '30,1'], 31],
    [['--weights', '2000,1'], 20],
    [['--hosts', 'a,b,c,d'], 20],
  ])('lists whole periods, at least 20, with %j', async (words, count) => {
    expect(((await json([...NGINX, ...words])).picks as unknown[]).length).toBe(count);
  });

  it('keeps requests open with --held (reference 1.8: a b c a c a b a)', async () => {
    const words = [...NGINX, '--algorithm', 'least_conn', '--weights', '2,1,1'];
    expect(await picks([...words, '--held', '-n', '8'])).toBe('a b c a c a b a');
    expect(await picks([...words, '-n', '8'])).toBe('a b c a a b c a');
  });

  it('shows a request without a host as null', async () => {
    const words = [...NGINX, '--hosts', 'a,b', '--set', 'upstream.api.max_conns=1', '--held', '-n', '4'];
    expect(await picks(words)).toBe('a b - -');
    expect((await json(words)).share).toEqual({ a: 0.25, b: 0.25 });
    expect((await sim(words)).out).toMatch(/no host +2 +50 %/);
  });

  it.each([
    // Reference 1.10 and 1.11.
    ['hash $arg_k', [], 'a c a a a a'],
    ['hash', [], 'a c a a a a'],
    ['{ hash: { key: $uri } }', [], 'a c a a a a'],
    ['hash $arg_k consistent', [], 'a a b a a b'],
    ['hash consistent', [], 'a a b a a b'],
    ['hash consistent', ['--hosts', '127.0.0.1:20101,127.0.0.1:20102,127.0.0.1:20103'], 'a a b a a b'],
    ['hash consistent', ['--hosts', 'x=127.0.0.1:20101,y=127.0.0.1:20102,127.0.0.1:20103'], 'x x y x x y'],
  ])('gives the keys of a file to %s %j', async (algorithm, more, expected) => {
    const words = [
      ...NGINX,
      '--algorithm',
      algorithm,
      '--weights',
      '2,1,1',
      '--keys',
      directory.at('keys.txt'),
    ];
    expect(await picks([...words, ...more])).toBe(expected);
  });

  it('takes client addresses as keys where these are hashed (reference 1.9)', async () => {
    writeFileSync(directory.at('keys.txt'), '127.0.0.1\n127.1.2.3\n127.9.9.9\n127.0.5.1');
    const words = [...NGINX, '--algorithm', 'ip_hash', '--keys', directory.at('keys.txt')];
    expect(await picks(words)).toBe('c a c b');
    expect(await picks([...words, '-n', '5'])).toBe('c a c b c');
    expect((await sim(words)).out).toContain('127.1.2.3  a\n');
  });

  it('takes an empty line as an empty key', async () => {
    writeFileSync(directory.at('keys.txt'), '\n\n\nx\n\n');
    const words = [...NGINX, '--algorithm', 'hash', '--weights', '2,1,1', '--keys', directory.at('keys.txt')];
    expect(await picks(words)).toBe('a b c a a'); // round robin, but for x
    expect((await json(words)).keys).toEqual(['', '', '', 'x', '']);
    expect((await sim(words)).out).toContain('(empty)  b\n');
  });

  it('takes other options with --set', async () => {
    const words = [...NGINX, '-n', '8'];
    expect(await picks([...words, '--set', 'upstream.api.servers.b.down=true'])).toBe('a c a c a c a c');
    expect(await picks([...words, '--set', 'upstream={ api: { weight: [2, 1, 1] } }'])).toBe(
      'a b c a a b c a',
    );
    const workers = [...words, '--set', 'worker_processes=2', '-n', '60'];
    const two = await picks(workers);
    expect(two).not.toBe(await picks([...words, '-n', '60']));
    expect(two).not.toBe(await picks([...workers, '--seed', '2']));
    expect(await picks([...workers, '--set', 'zone=true'])).toBe(await picks([...words, '-n', '60']));
  });

  it('draws from the seed', async () => {
    const words = [...NGINX, '--algorithm', 'random two least_conn', '-n', '30'];
    expect(await picks(words)).toBe(await picks([...words, '--seed', '1']));
    expect(await picks(words)).not.toBe(await picks([...words, '--seed', '2']));
  });

  it('takes balancer and hosts from a model', async () => {
    const words = ['picks', '--model', directory.at('model.yaml'), '-n', '6'];
    expect(await json(words)).toMatchObject({
      picks: ['api-2', 'api-1', 'api-2', 'api-2', 'api-1', 'api-2'],
      fair: { 'api-1': 0.333333333333, 'api-2': 0.666666666667 },
      hosts: { 'api-1': 'api-1:8000', 'api-2': 'api-2:8000' },
    });
    expect(await picks([...words, '--weights', '1,1'])).toBe('api-1 api-2 api-1 api-2 api-1 api-2');
    expect(await picks([...words, '--weights', '1,1,1'])).toBe('api-1 api-2 api-3 api-1 api-2 api-3');
    expect(await picks([...words, '--hosts', 'x'])).toBe('api-2 x api-2 api-2 x api-2');
  });

  it('draws the picks with --plot', async () => {
    const file = directory.at('pictures/picks.svg');
    const words = [...NGINX, '--weights', '5,1,1', '-n', '14', '--plot', file];
    const ran = await sim(words);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out).toContain(`\nwritten to ${file}\n`);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toContain('Picks of nginx round_robin');
    expect(svg.match(/aria-roledescription="circle"|aria-roledescription="point"/g)).toHaveLength(14);
    await sim(words);
    expect(readFileSync(file, 'utf8')).toBe(svg);
    expect(await sim([...words.slice(0, -1), directory.at('picks.png'), '--json'])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(directory.at('picks.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(await sim([...words.slice(0, -1), directory.at('picks.gif')])).toMatchObject({ code: 104 });
    expect(await sim([...words.slice(0, -1), directory.at('keys.txt/p.svg')])).toMatchObject({ code: 104 });
  });

  it('draws many requests of many hosts in a bounded picture', async () => {
    const file = directory.at('many.svg');
    const hosts = Array.from({ length: 20 }, (_, index) => `a-long-name-${index}`).join(',');
    await sim([...NGINX, '--hosts', hosts, '-n', '5000', '--plot', file]);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toContain('12 more hosts are not shown');
    expect(svg).toContain('the first 120 picks');
    expect(svg.length).toBeLessThan(200_000);
  });

  it('teaches with --help', async () => {
    const { out, code } = await sim(['picks', '--help']);
    expect(code).toBe(0);
    for (const word of ['--keys', '--held', '--set', '--model', 'Examples:', 'hash $arg_k consistent']) {
      expect(out).toContain(word);
    }
  });
});

describe('sim picks of other products, by the examples of the reference', () => {
  it.each([
    // 2.1, 2.2, 2.3, 2.6: seen, HAProxy 2.6.12.
    ['haproxy', ['--weights', '5,1,1', '-n', '7'], 'a a a b a a c'],
    ['haproxy', ['--weights', '3,2,1', '-n', '6'], 'a b a c a b'],
    ['haproxy', ['--algorithm', 'static-rr', '--weights', '5,1,1', '-n', '7'], 'a a a b a a c'],
    ['haproxy', ['--algorithm', 'leastconn', '--weights', '2,1,1', '-n', '6'], 'a b c a b c'],
    ['haproxy', ['--algorithm', 'leastconn', '--weights', '2,1,1', '--held', '-n', '8'], 'a b c a a b c a'],
    ['haproxy', ['--algorithm', 'random(2)', '-n', '10'], 'b b c a a b c b a c'],
    // 3.2
    ['kong', ['--algorithm', 'least-connections', '-n', '6'], 'a b a b a b'],
    ['kong', ['--algorithm', 'least-connections', '--held', '-n', '9'], 'a b c c a b b c a'],
    [
      'kong',
      ['--algorithm', 'least-connections', '--weights', '200,100,100', '--held', '-n', '8'],
      'a a b c a a c b',
    ],
  ])('%s %j', async (product, words, expected) => {
    expect(await picks(['picks', '--product', product, ...words])).toBe(expected);
  });

  it('haproxy uri with hash-type consistent (2.5)', async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `/uric/${index}\n`).join('');
    writeFileSync(directory.at('keys.txt'), keys);
    const words = ['picks', '--product', 'haproxy', '--algorithm', 'uri', '--keys', directory.at('keys.txt')];
    expect(await picks([...words, '--set', 'hash-type=consistent'])).toBe('a a c a c c a b');
  });

  it('envoy takes --weights as load_balancing_weight: 5 of 7, from wherever its seed begins', async () => {
    const { picks: list, weights } = await json([
      ...['picks', '--product', 'envoy', '--weights', '5,1,1', '-n', '7'],
    ]);
    expect(weights).toEqual({ a: 5, b: 1, c: 1 });
    expect([...(list as string[])].sort().join(' ')).toBe('a a a a a b c');
  });
});

describe('a wrong sim picks', () => {
  it.each([
    [
      ['--weights', '2,x'],
      '--weights\n  got "x", expected whole numbers with commas between them, like 5,1,1',
    ],
    [
      ['--weights', '0,1'],
      '--weights: upstream.api.servers.a.weight\n  got 0, expected a whole number of at least 1',
    ],
    [['--hosts', 'a,,b'], '--hosts\n  got "", expected hosts like'],
    [['--hosts', 'a,a'], '--hosts\n  got the name "a" a second time, expected each name once'],
    [['--algorithm', 'leastconn'], '--algorithm\n  got "leastconn", expected one of'],
    [['--algorithm', '{ hash: { kee: x } }'], '--algorithm: algorithm.hash.kee'],
    [['--algorithm', '{ hash: ['], '--algorithm:1:10'],
    [['--set', 'zone'], '--set zone\n  got "zone", expected KEY=VALUE'],
    [['--set', 'keepaliv=1'], 'hint: did you mean "keepalive"?'],
    [['--set', 'backlog=[1'], '--set backlog=[1:1:3'],
    [['--set', 'backlog=1', '--set', 'backlog.deep=1'], 'got backlog, which is none, expected a mapping'],
    [['--product', 'ngin'], '--product\n  got "ngin", expected one of '],
  ])('%j is told where it stands, and ends with 104', async (words, text) => {
    const ran = await sim([...NGINX, ...words]);
    expect(ran).toMatchObject({ code: 104, out: '' });
    expect(ran.error).toContain(text);
    expect(ran.error).toMatch(/\n1 mistake\n$/);
  });

  it('tells all mistakes at once', async () => {
    const ran = await sim([...NGINX, '--weights', '0,1', '--algorithm', 'leastconn', '--set', 'backlog=x']);
    expect(ran.error).toMatch(/\n3 mistakes\n$/);
  });

  it('says that an algorithm looks at no key, and which do', async () => {
    const ran = await sim([...NGINX, '--keys', directory.at('keys.txt')]);
    expect(ran).toMatchObject({ code: 104, out: '' });
    expect(ran.error).toContain(
      'got keys for round_robin, which looks at none, expected one of hash, ip_hash',
    );
  });

  it('needs a product, that of the model where there is one, and files that are there', async () => {
    const model = directory.at('model.yaml');
    expect((await sim(['picks'])).error).toContain('--product\n  got nothing, expected one of ');
    expect((await sim([...NGINX, '--model', directory.at('bare.yaml')])).error).toContain(
      'a model with a balancer',
    );
    for (const words of [
      ['picks', '--model', directory.at('missing.yaml')],
      [...NGINX, '--algorithm', 'hash', '--keys', directory.at('missing.txt')],
      ['picks', '--model', model, '-n', '0'],
      ['picks', '--model', model, '-n', 'many'],
    ]) {
      expect(await sim(words)).toMatchObject({ code: 104, out: '' });
    }
  });

  it('tells a mistake in a model there', async () => {
    const model = directory.at('model.yaml');
    writeFileSync(
      model,
      SMALL_MODEL.replace('services:', 'balancer: { product: nginx, zoen: true }\nservices:'),
    );
    expect((await sim(['picks', '--model', model])).error).toContain('model.yaml:3:29: balancer.zoen');
  });
});
