import { describe, expect, it } from 'vitest';
import { scriptWorld } from './script-world.js';

const MS = 1e6;
const S = 1e9;

describe('a script', () => {
  it('sends requests, sleeps, checks and groups in virtual time', () => {
    const world = scriptWorld({
      script: `
        import http from 'k6/http';
        import { check, group, sleep } from 'k6';
        function visit(path) {
          const res = http.get('http://127.0.0.1:8080' + path);
          check(res, { 'status is 200': (r) => r.status === 200, fast: (r) => r.timings.duration < 5 });
          return res;
        }
        export default function () {
          for (let i = 0; i < 2; i++) visit('/a' + i);
          group('cart', () => {
            ['x', 'y'].forEach((name) => { visit('/' + name); sleep(0.5); });
          });
          sleep(1);
          console.log('done', __VU, __ITER);
        }`,
      behave: () => 10 * MS,
    });
    world.simulation.run();
    expect(world.logs).toEqual(['info console done 1 0']);
    expect(world.sink.samples.map(({ endNs, name, group }) => [endNs / MS, name, group])).toEqual([
      [10, 'http://127.0.0.1:8080/a0', ''],
      [20, 'http://127.0.0.1:8080/a1', ''],
      [30, 'http://127.0.0.1:8080/x', '::cart'],
      [540, 'http://127.0.0.1:8080/y', '::cart'],
    ]);
    expect(world.sink.checks).toContain('default ::cart status is 200: true');
    expect(world.sink.iterations).toEqual([{ scenario: 'default', durationNs: 2.04 * S, endNs: 2.04 * S }]);
    expect(world.sink.custom_).toEqual(['group_duration 1020 {"scenario":"default","group":"::cart"}']);
  });
});
