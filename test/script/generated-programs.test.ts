import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled, native } from './conformance-runs.js';

/** Small programs of all that waits in odd places: expressions over variables, calls, callbacks, loops, exceptions. */
const { expression, statements } = fc.letrec<{ expression: string; statement: string; statements: string }>(
  (tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('1', '2', 'x', 'y', "'s'", 'null', '[1, 2]', 'this && 1'),
      tie('expression').map((a) => `io(${a})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `f(${a}, ${b})`),
      fc
        .tuple(fc.constantFrom('+', '&&', '||', '??', '===', ','), tie('expression'), tie('expression'))
        .map(([operator, a, b]) => `((${a}) ${operator} (${b}))`),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
      tie('expression').map((a) => `[1, 2].map((v, i) => (x = i, ${a}))`),
      tie('expression').map((a) => `[3, 4].filter(function (v) { return ${a}; }).length`),
      tie('expression').map((a) => `o.m(${a})`),
      tie('expression').map((a) => `o?.m?.(${a})`),
      tie('expression').map((a) => `o.nope?.(${a})`),
      tie('expression').map((a) => `new C(1).get(${a})`),
      fc
        .tuple(tie('expression'), tie('expression'))
        .map(([a, b]) => `{ p: ${a}, ...o2, q: [...[${b}]] }.q`.replace(/^/, '(').replace(/$/, ')')),
      tie('expression').map((a) => `\`t\${${a}}\``),
      tie('expression').map((a) => `((p = ${a}) => io(p))()`),
      tie('expression').map((a) => `(function g(n) { return n ? io(g(n - 1)) : ${a}; })(2)`),
      tie('expression').map((a) => `(y = ${a})`),
    ),
    statement: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('expression').map((a) => `log.push(${a});`),
      fc.tuple(tie('expression'), tie('statements')).map(([a, b]) => `if (${a}) { ${b} }`),
      fc.tuple(tie('statements')).map(([a]) => `for (const v of [1, io(2)]) { x = v; ${a} }`),
      fc
        .tuple(tie('statements'))
        .map(([a]) => `for (const v of gen()) { y = v; ${a} if (io(v) === 2) continue; }`),
      fc
        .tuple(tie('statements'), tie('statements'), tie('statements'))
        .map(([a, b, c]) => `try { ${a} } catch (e) { log.push('c'); ${b} } finally { ${c} }`),
      tie('expression').map((a) => `if (io(x) === 2) throw io(${a});`),
      tie('statements').map((a) => `{ const x = io('inner'); ${a} }`),
      tie('statements').map(
        (a) => `(() => { outer: for (let i = 0; i < 2; i++) { ${a} if (io(i)) break outer; } })();`,
      ),
      tie('statements').map((a) => `(() => { ${a} })();`),
      tie('expression').map(
        (a) =>
          `switch (${a}) { case 1: log.push(io('one')); case x: log.push('x'); break; default: log.push(io('d')); }`,
      ),
    ),
    statements: fc.array(tie('statement'), { maxLength: 3 }).map((list) => list.join(' ')),
  }),
);

const HEAD = `
  const log = []; let x = 1, y = 2; const o2 = { z: 1 };
  function f(a, b) { return io(a) ?? b; }
  function* gen() { yield io(1); yield 2; yield io(3); }
  class C { constructor(v) { this.v = v; } get(a) { return io(a) ?? this.v; } }
  const o = { k: 5, m(a) { return [io(a), this.k]; } };`;

describe('compiled, a program gives what it gives as it is', () => {
  it('whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(statements, { minLength: 1, maxLength: 3 }), expression, (list, last) => {
        const body = `${HEAD} try { ${list.join(' ')} log.push(${last}); } catch (e) { log.push('thrown', String(e)); } return log;`;
        expect(compiled(body)).toBe(native(body));
      }),
      { seed: 20_261_126, numRuns: 150 },
    );
  });
});
