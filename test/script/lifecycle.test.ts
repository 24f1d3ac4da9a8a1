import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { HttpClient } from '../../src/model/client.js';
import { VirtualUser } from '../../src/model/virtual-user.js';
import { KeyedStream } from '../../src/random/stream.js';
import { LifecycleBehaviour } from '../../src/script/behaviour.js';
import { scriptWorld } from './script-world.js';

const SCRIPT = `
  import { sleep, fail } from 'k6';
  export const options = { vus: 2, thresholds: { checks: ['rate>0.9'] } };
  let calls = 0;
  export function setup() { calls += 1; sleep(2); return { token: 'abc', when: new Date(0), none: undefined, n: calls }; }
  export default function (data) { data.n += 1; console.log(__VU, data.token, data.when, data.n); }
  export function teardown(data) { console.log('end', data.token, data.n); }
  export function broken() { fail('no'); }
  export function handleSummary(data) { return { stdout: 'rate ' + data.metrics.checks.rate, 'out.bin': new Uint8Array([1, 255]).buffer }; }`;

/** Runs one of the functions around the test, on a virtual user of its own. */
function call(world: ReturnType<typeof scriptWorld>, name: string, argument = '') {
  const behaviour = new LifecycleBehaviour(world.run, name, argument);
  const simulation = new Simulation();
  const client = new HttpClient({ simulation, sink: world.sink, targets: [] });
  const context = {
    simulation,
    sink: world.sink,
    client,
    keys: new KeyedStream(),
    minIterationDurationNs: 0,
  };
  const vu = new VirtualUser(context, 0, '127.0.0.1');
  vu.assign('', 0, behaviour, { iterationEnded: () => false });
  vu.startIteration(1, 2);
  simulation.run();
  return { ...behaviour.result!, endNs: simulation.nowNs };
}

describe('the functions around a test', () => {
  it('setup gives its data to all iterations, which keep their own copy', () => {
    const world = scriptWorld({
      script: SCRIPT,
      scenario: { executor: 'per-vu-iterations', vus: 2, iterations: 2 },
    });
    const { returned, endNs, thrown } = call(world, 'setup');
    expect(returned).toBe('{"token":"abc","when":"1970-01-01T00:00:00.000Z","n":1}');
    expect(endNs).toBeGreaterThanOrEqual(2e9);
    expect(thrown).toBe('');
    world.run.setData(returned);
    world.simulation.run();
    call(world, 'teardown', returned);
    expect(world.logs.map((line) => line.replace('info console ', ''))).toEqual([
      '1 abc 1970-01-01T00:00:00.000Z 2',
      '2 abc 1970-01-01T00:00:00.000Z 2',
      '1 abc 1970-01-01T00:00:00.000Z 3',
      '2 abc 1970-01-01T00:00:00.000Z 3',
      'end abc 1',
    ]);
  });

  it('handleSummary returns texts and bytes by file', () => {
    const world = scriptWorld({ script: SCRIPT });
    const { files } = call(world, 'handleSummary', '{"metrics":{"checks":{"rate":0.5}}}');
    expect(JSON.parse(files)).toEqual([
      ['stdout', 'trate 0.5'],
      ['out.bin', 'b\u0001\u00ff'],
    ]);
  });

  it('an exception is told with its place', () => {
    const { thrown } = call(scriptWorld({ script: SCRIPT }), 'broken');
    expect(thrown).toMatch(/^GoError: no\n\tat .*Fail-fm \(native\)\n\tat broken \(file:\/\/\/script\.js:8:/);
  });

  it('exports are read before the test', () => {
    const { run } = scriptWorld({ script: SCRIPT });
    run.load(0);
    expect(run.exported(0, 'options')).toEqual({ vus: 2, thresholds: { checks: ['rate>0.9'] } });
    expect(run.exportedType(0, 'setup')).toBe('function');
    expect(run.exportedType(0, 'nothing')).toBe('undefined');
  });

  it('init code that throws ends the test', () => {
    const world = scriptWorld({ script: "throw new Error('init');\nexport default function () {}" });
    expect(() => world.run.load(0)).toThrow('Error: init\n\tat file:///script.js:1:7');
  });
});
