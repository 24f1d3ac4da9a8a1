import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryWith, SMALL_MODEL, sim } from './sim.js';

const SCRIPT = `import http from 'k6/http';
export const options = { iterations: 1 };
export default function () {
  for (const url of ['http://127.0.0.1:8000/x', 'http://shop.x.test/x']) {
    const { status, error_code, error } = http.get(url);
    console.log(status, error_code, error);
  }
}`;

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  directory = directoryWith({ 'model.yaml': SMALL_MODEL, 'script.js': SCRIPT });
});
afterEach(() => directory.remove());

async function run(env: Readonly<Record<string, string>>, words: readonly string[] = []) {
  const all = ['k6', 'run', '-q', directory.at('script.js'), '--model', directory.at('model.yaml'), ...words];
  const { code, error } = await sim(all, { env });
  return {
    code,
    lines: error
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^time="[^"]*" /, '')),
  };
}

describe('variables and flags of k6 (compared with k6 v1.8.1)', () => {
  it('block host names', async () => {
    expect((await run({ K6_BLOCK_HOSTNAMES: '*.x.test,other' })).lines).toEqual([
      'level=info msg="200 0 " source=console',
      'level=warning msg="Request Failed" error="Get \\"http://shop.x.test/x\\": hostname (shop.x.test) is in a blocked pattern (*.x.test)"',
      'level=info msg="0 1111 hostname is blocked" source=console',
    ]);
  });

  it('block addresses', async () => {
    const { lines } = await run({}, ['--blacklist-ip', '10.0.0.0/8', '--blacklist-ip', '127.0.0.0/8']);
    expect(lines.slice(0, 2)).toEqual([
      'level=warning msg="Request Failed" error="Get \\"http://127.0.0.1:8000/x\\": IP (127.0.0.1) is in a blacklisted range (127.0.0.0/8)"',
      'level=info msg="0 1110 ip is blacklisted" source=console',
    ]);
    expect(await run({ K6_BLACKLIST_IPS: 'zz' })).toEqual({
      code: 104,
      lines: [
        `level=error msg="envconfig.Process: assigning K6_BLACKLIST_IPS to BlacklistIPs: converting 'zz' to type []*lib.IPNet. details: failed to parse CIDR 'zz': invalid CIDR address: zz"`,
      ],
    });
  });

  it('send the console to a file', async () => {
    const file = directory.at('console.log');
    const { lines } = await run({}, ['--console-output', file]);
    expect(lines.filter((line) => line.includes('console'))).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(
      'time="2026-01-01T00:00:00Z" level=info msg="200 0 "\n' +
        'time="2026-01-01T00:00:00Z" level=info msg="0 1101 lookup: no such host"\n',
    );
  });

  it('are told of where they can do nothing', async () => {
    const { lines } = await run({ K6_TLS_VERSION: 'tls1.2' });
    expect(lines[0]).toBe('level=warning msg="K6_TLS_VERSION has no effect in a simulated run"');
  });
});
