import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryWith, sim } from './sim.js';

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  directory = directoryWith({});
});
afterEach(() => directory.remove());

interface Told {
  readonly name: string;
  readonly at: number;
  readonly tries: readonly string[];
  readonly status: number;
  readonly ended: number;
  readonly failure?: string;
}

/** The requests of a timeline of these lines, with these options on the command line. */
async function play(
  lines: readonly string[],
  words: readonly string[] = ['--product', 'nginx'],
): Promise<Told[]> {
  const ran = await sim(['picks', '--timeline', write(lines), '--json', ...words]);
  expect(ran).toMatchObject({ code: 0, error: '' });
  return (JSON.parse(ran.out) as { requests: Told[] }).requests;
}

function write(lines: readonly string[], head = 'hosts: [a, b]\n'): string {
  const file = `story-${Math.abs(lines.length)}.yaml`;
  const made = directoryWith({
    [file]: `${head}timeline:\n${lines.map((line) => `  - { ${line} }\n`).join('')}`,
  });
  directory.remove();
  directory = made;
  return made.at(file);
}

/** `r1 x,a 200` */
const texts = (told: readonly Told[]) =>
  told.map(({ name, tries, status, failure }) => `${name} ${tries.join(',') || '-'} ${failure ?? status}`);

describe('sim picks --timeline', () => {
  it('plays the worked example of the reference (1.3), which the real nginx 1.22.1 did', async () => {
    const ran = await sim(['picks', '--timeline', 'models/timelines/nginx-max-fails.yaml', '--json']);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(texts((JSON.parse(ran.out) as { requests: Told[] }).requests)).toEqual([
      'r1 a 200',
      'r2 x,a 200',
      '1 a 200',
      '2 a 200',
      '3 a 200',
      'out a 200',
      'back a 200',
      'tie a 200',
      'trial x,a 200',
      'last a 200',
    ]);
  });

  it('prints a table', async () => {
    const file = write(['at: 0.5s, request: r1', 'at: 1s, status: { b: 503 }', 'at: 2s, request: r2']);
    expect(await sim(['picks', '--timeline', file, '--product', 'nginx'])).toEqual({
      code: 0,
      error: '',
      out: `a timeline (nginx round_robin)
request     at  tries  status    ended
r1       0.5 s  a         200  0.501 s
r2         2 s  b         503  2.001 s
`,
    });
  });

  it('answers a request when it is ended, and the others after answer_after', async () => {
    const told = await play(['at: 0s, request: r1', 'at: 0s, request: r2', 'at: 0.2s, end: r1']);
    expect(told).toEqual([
      { name: 'r1', at: 0, tries: ['a'], status: 200, ended: 0.2 },
      { name: 'r2', at: 0, tries: ['b'], status: 200, ended: 0.001 },
    ]);
  });

  it.each([
    ['refuse', ['at: 1s, refuse: a'], ['1 a,b 200', '2 b 200']],
    ['reset', ['at: 1s, reset: a'], ['1 a,b 200', '2 b 200']],
    ['hang', ['at: 1s, hang: a'], ['1 a,b 200', '2 b 200']],
    ['drop', ['at: 1s, drop: a'], ['1 a,b 200', '2 b 200']],
    ['status', ['at: 1s, status: { a: 500 }'], ['1 a 500', '2 b 200']],
    ['remove', ['at: 1s, remove: a'], ['1 b 200', '2 b 200']],
    ['change', ['at: 1s, change: a, down: true'], ['1 b 200', '2 b 200']],
    ['recover', ['at: 1s, refuse: [a, b]', 'at: 2s, recover: [a, b]'], ['1 a 200', '2 b 200']],
  ])('%s', async (_name, lines, expected) => {
    const limits = ['--set', 'proxy_read_timeout=100ms', '--set', 'proxy_connect_timeout=100ms'];
    const told = await play([...lines, 'at: 3s, requests: 2, every: 1s'], ['--product', 'nginx', ...limits]);
    expect(texts(told)).toEqual(expected);
  });

  it('resets the requests that a host has when it refuses, and answers those it left when it hung', async () => {
    const once = ['--product', 'nginx', '--set', 'proxy_next_upstream=off'];
    const refused = ['at: 0s, request: r1', 'at: 0.1s, refuse: a', 'at: 9s, end: r1'];
    expect(await play(refused, once)).toMatchObject([{ tries: ['a'], status: 502, ended: 0.1 }]);
    const hung = ['at: 0s, hang: a', 'at: 1s, request: r1', 'at: 5s, recover: a'];
    expect(await play(hung, once)).toMatchObject([{ tries: ['a'], status: 200, ended: 5 }]);
  });

  it('takes so long as answer_after says, for all or for one host', async () => {
    const lines = ['at: 0s, answer_after: { b: 2s }', 'at: 0s, requests: 2'];
    expect((await play(lines)).map(({ ended }) => ended)).toEqual([0.001, 2]);
    const file = write(lines, 'hosts: [a, b]\nanswer_after: 50ms\n');
    const { requests } = JSON.parse(
      (await sim(['picks', '--timeline', file, '--product', 'nginx', '--json'])).out,
    );
    expect(requests.map(({ ended }: Told) => ended)).toEqual([0.05, 2]);
  });

  it('gives up for the client after 60 s', async () => {
    const words = ['--product', 'nginx', '--set', 'proxy_read_timeout=100s'];
    const told = await play(['at: 0s, hang: a', 'at: 0s, request: r1'], words);
    expect(told).toEqual([{ name: 'r1', at: 0, tries: ['a'], status: 0, failure: 'timeout', ended: 60 }]);
  });

  it('takes key, client, path and method of a request', async () => {
    const hash = ['--product', 'nginx', '--algorithm', 'hash'];
    const keys = ['x', 'y', 'user1'].map((key, index) => `at: ${index}s, request: r${index}, key: ${key}`);
    // Reference 1.10, with weights 2,1,1.
    expect(texts(await play(keys, [...hash, '--weights', '2,1,1']))).toEqual([
      'r0 a 200',
      'r1 c 200',
      'r2 a 200',
    ]);
    const ip = ['--product', 'nginx', '--algorithm', 'ip_hash', '--hosts', 'a,b,c'];
    const clients = ['127.1.2.3', '127.0.5.1'].map(
      (client, index) => `at: 0s, request: r${index}, client: ${client}`,
    );
    expect(texts(await play(clients, ip))).toEqual(['r0 a 200', 'r1 b 200']);
    const uri = ['--product', 'nginx', '--algorithm', 'hash $uri'];
    const paths = ['at: 0s, request: r1, path: /x', 'at: 0s, request: r2, path: "/x?y"'];
    expect(new Set((await play(paths, uri)).map(({ tries }) => tries[0])).size).toBe(1);
    const post = ['at: 0s, reset: a', 'at: 0s, request: r1, method: POST'];
    expect(texts(await play(post))).toEqual(['r1 a 502']);
  });

  it('lets the command line change what the file says of its balancer', async () => {
    const head = 'hosts: [a, b]\nbalancer: { product: nginx, upstream: { api: { weight: [3, 1] } } }\n';
    const words = ['picks', '--timeline', write(['at: 0s, requests: 4, every: 1s'], head), '--json'];
    const tries = async (more: readonly string[]) => {
      const ran = await sim([...words, ...more]);
      return (JSON.parse(ran.out) as { requests: Told[] }).requests.map((told) => told.tries.join());
    };
    expect(await tries([])).toEqual(['a', 'a', 'b', 'a']);
    expect(await tries(['--weights', '1,1'])).toEqual(['a', 'b', 'a', 'b']);
    expect(await tries(['--hosts', 'x,y,z', '--weights', '1,1,1'])).toEqual(['x', 'y', 'z', 'x']);
  });
});

describe('a wrong timeline', () => {
  it('is told all mistakes at once, each in its place', async () => {
    const file = write(
      [
        'at: 0s, request: r1, key: user1',
        'at: 0s, request: r1',
        'at: 0s, end: r2',
        'at: soon, refuse: b',
        'refuse: b',
        'at: 1s, refuze: b',
        'at: 1s, refuse: z',
        'at: 1s, status: { q: 500, a: 5 }',
        'at: 1s, change: a, wait: 3',
        'at: 1s, requests: 0',
      ],
      'hosts: [a, b]\nanswer_after: 1\n',
    );
    const ran = await sim(['picks', '--timeline', file, '--product', 'nginx']);
    expect(ran).toMatchObject({ code: 104, out: '' });
    const heads = ran.error.split('\n').filter((line) => line.startsWith('/'));
    expect(heads.map((line) => line.replace(/^.*yaml:/, ''))).toEqual([
      '2:15: answer_after',
      '4:33: timeline[0].key',
      '5:24: timeline[1].request',
      '6:20: timeline[2].end',
      '7:11: timeline[3].at',
      '8:5: timeline[4].at',
      '9:15: timeline[5].refuze',
      '10:23: timeline[6].refuse',
      '11:36: timeline[7].status.a',
      '12:26: timeline[8].wait',
      '13:25: timeline[9].requests',
    ]);
    for (const text of [
      'got "user1", expected none: round_robin looks at no key',
      'hint: did you mean "r1"?',
      'got nothing, expected a duration from the start of the timeline',
      'hint: did you mean "refuse"?',
      '11 mistakes',
    ]) {
      expect(ran.error).toContain(text);
    }
  });

  it('with a wrong balancer is told both', async () => {
    const head = 'hosts: [a, b]\nbalancer: { product: nginx, zoen: true }\n';
    const file = write(['at: 0s, refuse: q'], head);
    const ran = await sim(['picks', '--timeline', file, '--algorithm', 'leastconn']);
    expect(ran.error).toContain('.yaml:2:29: balancer.zoen');
    expect(ran.error).toContain('--algorithm\n  got "leastconn"');
    expect(ran.error).toContain('.yaml:4:23: timeline[0].refuse');
    expect(ran.error).toContain('3 mistakes');
  });

  it('needs a product, and goes with no list of picks', async () => {
    const file = write(['at: 0s, request: r1']);
    expect((await sim(['picks', '--timeline', file])).error).toContain('--product\n  got nothing');
    for (const words of [['-n', '3'], ['--held'], ['--keys', file]]) {
      expect(await sim(['picks', '--timeline', file, ...words])).toMatchObject({ code: 104, out: '' });
    }
    expect(await sim(['picks', '--timeline', `${file}.missing`])).toMatchObject({ code: 104, out: '' });
  });
});
