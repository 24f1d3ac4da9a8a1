import { describe, expect, it } from 'vitest';
import { scriptWorld } from './script-world.js';

function logsOf(script: string, files: Record<string, string> = {}): string[] {
  const world = scriptWorld({ script, files, behave: () => 1e6 });
  world.simulation.run();
  return world.logs;
}

/** The lines of `script.js` of k6's own output (v1.8.1), without the numbers of its instructions. */
const SCRIPT = `import { check, group, sleep, fail } from 'k6';
import http from 'k6/http';
class A { m() { throw new Error('in m'); } get g() { return undefined.x; } }
const arrow = () => { null.foo(); };
function run(n, f) { try { f(); } catch (e) { console.log(n + ' | ' + e.stack); } }
export default function () {
  run('m', () => new A().m());
  run('fail', () => { fail('boom'); });
  run('group', () => { group('x', () => { throw new Error('ingroup'); }); });
  run('check', () => { check(1, { 'a': () => { throw new TypeError('inpred'); } }); });
  run('foreach', () => { [1].forEach((x) => { throw new Error('fe'); }); });
  throw new Error('final');
}
`;

describe('stack traces', () => {
  it("are k6's", () => {
    const run = '\tat run (file:///script.js:5:29)\n\tat default (file:///script.js:';
    expect(logsOf(SCRIPT)).toEqual([
      `info console m | Error: in m\n\tat m (file:///script.js:3:23)\n\tat file:///script.js:7:27\n${run}7:6)\n`,
      `info console fail | GoError: boom\n\tat go.k6.io/k6/internal/js/modules/k6.(*K6).Fail-fm (native)\n\tat file:///script.js:8:27\n${run}8:6)\n`,
      `info console group | Error: ingroup\n\tat file:///script.js:9:49\n\tat go.k6.io/k6/internal/js/modules/k6.(*K6).Group-fm (native)\n\tat file:///script.js:9:29\n${run}9:6)\n`,
      `info console check | TypeError: inpred\n\tat a (file:///script.js:10:54)\n\tat go.k6.io/k6/internal/js/modules/k6.(*K6).Check-fm (native)\n\tat file:///script.js:10:29\n${run}10:6)\n`,
      `info console foreach | Error: fe\n\tat file:///script.js:11:53\n\tat forEach (native)\n\tat file:///script.js:11:37\n${run}11:6)\n`,
      'error stacktrace Error: final\n\tat default (file:///script.js:12:9)\n',
    ]);
  });

  it('are the same where the functions wait', () => {
    const script = SCRIPT.replace('{ try { f(); }', '{ try { f(http.get("http://h/")); }')
      .replace("throw new Error('fe')", "http.get('http://h/'); throw new Error('fe')")
      .replace("throw new Error('ingroup')", "http.get('http://h/'); throw new Error('ingroup')");
    const logs = logsOf(script);
    expect(logs[2]).toBe(
      'info console group | Error: ingroup\n\tat file:///script.js:9:72\n\tat go.k6.io/k6/internal/js/modules/k6.(*K6).Group-fm (native)\n\tat file:///script.js:9:29\n\tat run (file:///script.js:5:29)\n\tat default (file:///script.js:9:6)\n',
    );
    expect(logs[4]).toBe(
      'info console foreach | Error: fe\n\tat file:///script.js:11:76\n\tat forEach (native)\n\tat file:///script.js:11:37\n\tat run (file:///script.js:5:29)\n\tat default (file:///script.js:11:6)\n',
    );
  });
});
