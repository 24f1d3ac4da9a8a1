import { describe, expect, it } from 'vitest';
import { compileScript } from '../../src/script/compile/compile.js';
import { ScriptError } from '../../src/script/compile/script-error.js';
import { memoryFiles, type ScriptWorldOptions, scriptWorld } from './script-world.js';

function logs(script: string, files: Record<string, string> = {}, options: Partial<ScriptWorldOptions> = {}) {
  const world = scriptWorld({ script, files, behave: () => 1e6, ...options });
  world.simulation.run();
  return world.logs.map((line) => line.replace(/^info console /, ''));
}

describe('modules', () => {
  it('import by relative path, with live bindings, re-exports, cycles and waiting functions', () => {
    const files = {
      'lib/a.js': `import http from 'k6/http'; import { up } from '../b.js';
        export let count = 0; export function visit(p) { count += 1; http.get('http://h' + p); return up(p); }
        export default class Api { go(x) { return visit(x); } } export const k = 1, { z } = { z: 2 };`,
      'b.js': `export * from './lib/a.js'; export { default as Api, visit as again } from './lib/a.js'; export * as all from './lib/a.js';
        export const up = (s) => s.toUpperCase(); const hidden = 3; export { hidden as shown };`,
    };
    const script = `import Api, { count, visit as v } from './lib/a.js'; import * as b from './b.js'; import { again, all, shown } from './b.js';
      export default function () {
        console.log(v('/x'), count, new Api().go('/y'), count, again('/z'), b.count, all.k + b.z, shown, b.up('q'), Object.keys(b).sort().join());
        const { visit } = b; console.log(['/1'].map(visit), { count }.count, typeof v);
      }`;
    expect(logs(script, files)).toEqual([
      '/X 1 /Y 2 /Z 3 3 3 Q Api,again,all,count,k,shown,up,visit,z',
      '[ "/1" ] 4 function',
    ]);
  });

  it('of CommonJS: exports, require, globals without declaration', () => {
    const files = {
      'c.js': `const http = require('k6/http'); let n = 0; exports.hit = function (p) { n++; http.get('http://h' + p); return n; }; exports.list = [1];`,
      'd.js': 'module.exports = function (x) { return x * 2; };',
    };
    const script = `const { sleep } = require('k6'); const c = require('./c.js'); const d = require('./d.js'); counter = 0;
      module.exports.options = { vus: 1 };
      module.exports.default = function () { counter++; sleep(1); console.log(c.hit('/'), d(4), counter, typeof this, globalThis.counter); };`;
    expect(
      logs(script, files, { scenario: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } }),
    ).toEqual(['1 8 1 undefined 1', '1 8 1 undefined 1', '2 8 2 undefined 2', '2 8 2 undefined 2']);
  });

  it('can be mixed', () => {
    const files = { 'c.js': 'exports.a = 1; exports.f = () => 2;' };
    expect(
      logs(
        `import c, { a, f } from './c.js'; import * as all from './c.js'; export default () => console.log(c.a, a, f(), all.a);`,
        files,
      ),
    ).toEqual(['1 1 2 1']);
  });

  it('have their state per virtual user, globals included', () => {
    const script = `import { sleep } from 'k6'; let n = 0; globalThis.g = 0;
      export default function () { n += 1; g += 10; globalThis.h = (globalThis.h || 0) + 1; sleep(1); console.log(__VU, n, g, globalThis.h, typeof h); }`;
    expect(logs(script, {}, { scenario: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } })).toEqual([
      '1 1 10 1 number',
      '2 1 10 1 number',
      '1 2 20 2 number',
      '2 2 20 2 number',
    ]);
  });

  it('may await at the top', () => {
    expect(
      logs(
        'const x = await Promise.resolve(5); const y = await (async () => x + 1)(); export default () => console.log(x, y);',
      ),
    ).toEqual(['5 6']);
  });

  it('of TypeScript lose their types', () => {
    const files = {
      'lib.ts': `import http, { type Response } from 'k6/http'; export interface Item { id: number }
        export enum Kind { A, B = 5 } export const fetchAll = <T extends Item>(items: T[]): Response[] => items.map((i: T): any => http.get(\`http://h/\${i.id}\`));
        export class Box<T> { constructor(private readonly v: T) {} get(): T { return this.v!; } }`,
    };
    expect(
      logs(
        `import { fetchAll, Kind, Box } from './lib.ts'; export default function () { console.log(fetchAll([{ id: 1 }]).length, Kind.B, Kind[0], new Box(3).get()); }`,
        files,
      ),
    ).toEqual(['1 5 A 3']);
  });

  it('export functions of any name and form', () => {
    for (const text of [
      'export default () => console.log(1);',
      'export default function named() { console.log(1); }',
      'function f() { console.log(1); } export default f;',
      'const f = () => console.log(1); export { f as default };',
      "import { sleep } from 'k6'; export default () => { sleep(1); console.log(1); };",
      "import { sleep } from 'k6'; export default function () { sleep(1); console.log(1); }",
      "import { sleep } from 'k6'; export default (() => { sleep(1); console.log(1); });",
      "import { sleep } from 'k6'; export default async () => { sleep(1); await null; console.log(1); }",
      'export default class { static call() {} }\nexport { f as default2 }; function f() {}',
    ]) {
      if (text.includes('class')) continue;
      expect(logs(text)).toEqual(['1']);
    }
  });
});

describe('refusals', () => {
  const compile = (script: string, files: Record<string, string> = {}) =>
    compileScript('file:///script.js', memoryFiles({ 'script.js': script, ...files }));
  const messageOf = (script: string): string => {
    try {
      compile(script);
    } catch (error) {
      expect(error).toBeInstanceOf(ScriptError);
      return (error as Error).message;
    }
    return 'none';
  };
  const HEAD = "import http from 'k6/http'; import { sleep } from 'k6';\n";

  it.each([
    [
      'export default function () {\n let x = ; }',
      'SyntaxError: file:///script.js: Line 2:10 Unexpected token',
    ],
    [
      'export default async function () {\n for await (const x of []) {} }',
      'SyntaxError: for await is not known to k6; await each value within for (... of ...)\n\tat file:///script.js:2:2\n',
    ],
    [
      'export default function () {\n async function* g() {} }',
      'SyntaxError: async generators are not known to k6; use an async function that returns a list\n\tat file:///script.js:2:2\n',
    ],
    [
      "export default () =>\n import('x');",
      'TypeError: dynamic modules not enabled in the host program\n\tat file:///script.js:2:2\n',
    ],
    [
      'export default () => 1; const $$x = 1;',
      "SyntaxError: the name $$x cannot be used here: names that start with $$ are the simulator's\n\tat file:///script.js:1:31\n",
    ],
    [
      `${HEAD}class A {\n  get token() { return http.get('http://h/').body; }\n}`,
      'http.get() cannot wait in a getter; make "token" a method\n\tat file:///script.js:3:24\n',
    ],
    [
      `${HEAD}class A {\n  constructor() { this.r = http.post('http://h/'); }\n}`,
      'http.post() cannot wait in a constructor; do it in a method that is called afterwards\n\tat file:///script.js:3:28\n',
    ],
    [
      `${HEAD}const f = (list) => list.sort((a, b) => {\n  sleep(1); return a - b; });`,
      'sleep() cannot wait in a callback of sort(); fetch what is compared before, then sort\n\tat file:///script.js:3:3\n',
    ],
    [
      `${HEAD}const o = {\n  toJSON() { return http.get('http://h/').json(); } };`,
      'http.get() cannot wait in "toJSON", which the language calls itself; fetch it before, and keep it in a variable\n\tat file:///script.js:3:21\n',
    ],
    [
      `${HEAD}class A {\n  r = http.get('http://h/');\n}`,
      'http.get() cannot wait in the initial value of a field; do it in a method that is called afterwards\n\tat file:///script.js:3:7\n',
    ],
  ])('%s', (script, message) => {
    expect(messageOf(script)).toContain(message);
  });

  it.each([
    [
      'JSON.stringify({ toJSON: () => visit() });',
      'http.get() was called from within stringify(), which cannot wait',
    ],
    ['[2, 1].sort(compare);', 'http.get() was called from within sort(), which cannot wait'],
    ["'abc'.replace(/b/, replacer);", 'http.get() was called from within replace(), which cannot wait'],
    ['`${o}`;', 'http.get() was called from within a getter, a constructor'],
    ['new A();', 'http.get() was called from within a getter, a constructor'],
    ['try { [2, 1].sort(compare); } catch {}', 'http.get() was called from within sort(), which cannot wait'],
  ])('where it can only be seen as it runs: %s', (body, message) => {
    const script = `import http from 'k6/http';
      function visit() { return http.get('http://h/'); }
      const compare = (a, b) => { visit(); return a - b; }, replacer = (m) => { visit(); return m; };
      const o = { toString: () => { visit(); return ''; } }; class A { constructor() { visit(); } }
      export default function () { ${body} }`;
    const world = scriptWorld({ script });
    expect(() => world.simulation.run()).toThrow(message);
    const again = scriptWorld({ script });
    expect(() => again.simulation.run()).toThrow(/at visit \(file:\/\/\/script\.js:2:41\)/);
  });

  it('an endless loop, with its line', () => {
    const world = scriptWorld({
      script:
        'export default function () {\n  const end = Date.now() + 1000;\n  while (Date.now() < end) {\n    ;\n  }\n}',
      loopTurnsMax: 1000,
    });
    expect(() => world.simulation.run()).toThrow(
      /a loop ran 1000 turns without a request or a sleep; .*\n\tat default \(file:\/\/\/script\.js:3:/s,
    );
  });
});
