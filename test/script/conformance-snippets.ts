/**
 * Bodies of functions that call `io(x)`, which waits and returns `x`, and return a value. Each is run as it is, with an `io`
 * that does not wait, and compiled, with one that does.
 */
export const SNIPPETS: Readonly<Record<string, string>> = {
  'a call': 'return io(1) + io(2);',
  'nested calls': 'return io(io(1) + io(io(2)));',
  'a helper': 'function f(x) { return io(x) * 2; } return [f(1), f(f(2))];',
  'a helper declared below': 'return f(3); function f(x) { return io(x); }',
  'a helper in a block': 'let r = []; { r.push(g(1)); function g(x) { return io(x) + 1; } } return r;',
  'a recursive helper': 'function f(n) { return n <= 0 ? 0 : io(n) + f(n - 1); } return f(10);',
  'mutual recursion': `
    function even(n) { return n === 0 ? io('even') : odd(n - 1); }
    const odd = (n) => (n === 0 ? io('odd') : even(n - 1));
    return [even(4), odd(4)];`,
  'a named function expression': 'const f = function g(n) { return n ? io(n) + g(n - 1) : 0; }; return f(4);',
  'arrows of all shapes': `
    const a = x => io(x); const b = (x) => { return io(x); }; const c = () => ({ v: io(1) });
    const d = (x, y = io(5), ...rest) => [x, y, rest]; const e = ({ p, q: [r] }) => io(p) + r;
    const f = (x) => (io(x), io(x + 1)); const g = async_ => io(async_);
    return [a(1), b(2), c(), d(1), d(1, 2, 3, 4), e({ p: 1, q: [2] }), f(7), g(9)];`,
  closures: `
    const counters = []; for (let i = 0; i < 3; i++) counters.push(() => io(i++));
    return counters.map((c) => [c(), c()]);`,
  'this in arrows': `
    const o = { v: 7, m() { const f = () => io(this.v); return f() + [1, 2].map((x) => io(x) + this.v).join(); } };
    return o.m();`,
  arguments: `
    function f() { const g = () => io(arguments[0]) + arguments.length; return [g(1, 2, 3), arguments.length]; }
    return f('a', 'b');`,
  'arguments of the function itself':
    'function f(a, b) { io(1); return [...arguments, f.length]; } return f(1, 2, 3);',
  'default parameters': `
    function f(a, b = io(a) + 1, { c = io(b), d } = { d: io(9) }) { return [a, b, c, d]; }
    return [f(1), f(1, 5), f(1, 2, { c: 3 }), f.length];`,
  'defaults with this': `
    const o = { v: 3, m(x = io(this.v)) { return x; }, n(f = () => io(this.v)) { return f(); } };
    return [o.m(), o.m(8), o.n()];`,
  destructuring: `
    const { a, b: { c = io(5) } = {}, ...rest } = { a: io(1), x: 1, y: io(2) };
    const [p, , q = io(3), ...s] = [io(1), 2, undefined, 4, 5]; let z; [z = io(6)] = []; ({ z = io(8) } = { z });
    return [a, c, rest, p, q, s, z];`,
  spread:
    'const f = (...x) => x.map((y) => io(y)); return [f(...[1, io(2)], 3), [...f(1, 2), io(3)], { ...{ a: io(1) } }];',
  'many arguments': 'const f = (a, b, c, d, e) => io(a + b + c + d + e); return f(io(1), 2, io(3), 4, 5);',
  methods: `
    const o = { n: 1, add(x) { this.n += io(x); return this; }, ['co' + 'mp'](x) { return io(x) + this.n; }, 3(x) { return io(x); } };
    return [o.add(2).add(3).n, o.comp(1), o[3](4), o['add'](1).n];`,
  'a method by a computed name':
    'const o = { a: (x) => io(x), b: (x) => -io(x) }; return ["a", "b"].map((k) => o[k](5));',
  'a method of a literal': 'return { f(x) { return io(x); } }.f(5) + [() => io(6)][0]();',
  classes: `
    class A { constructor(x) { this.x = x; } get(y) { return io(this.x) + y; } static make(x) { io(0); return new this(x); } }
    class B extends A { constructor(x) { super(x); this.f = () => io(this.x) * 2; } get(y) { return super.get(y) + io(100); } }
    const b = B.make(5);
    return [new A(1).get(2), b.get(1), b.f(), b instanceof A, A.prototype.get.name, A.prototype.get.length, Object.keys(A.prototype)];`,
  'class fields': `
    class A { x = 3; f = (y) => io(this.x + y); static s = 4; static t = () => io(this.s); g = () => () => io(this.x); }
    const a = new A(); a.x = 10; return [a.f(1), A.t(), a.g()()];`,
  'private methods and fields': `
    class A { #x = 2; #m(y) { return io(this.#x) + y; } n(y) { return this.#m(y) + this.#m(io(1)); } static #s(z) { return io(z); } static t() { return A.#s(3); }
      has(o) { return #x in o; } }
    const a = new A(); return [a.n(1), A.t(), a.has(a), a.has({})];`,
  'computed methods': `
    let n = 0; const key = () => 'k' + n++;
    class A { [key()](x) { return io(x); } static [key()](x) { return -io(x); } *[Symbol.iterator]() { yield io(1); yield io(2); } }
    const r = []; for (const x of new A()) r.push(x); return [new A().k0(1), A.k1(2), r, n];`,
  'accessors that do not wait': `
    class A { #v = 1; get v() { return this.#v; } set v(x) { this.#v = x; } bump() { this.v += io(2); return this.v; } }
    return new A().bump();`,
  'super in arrows': `
    class A { m(x) { return io(x); } get p() { return 7; } } class B extends A { m(x) { return [1, 2].map((y) => super.m(x + y) + super.p); } }
    return new B().m(10);`,
  'constructors of functions': `
    function P(x) { this.x = x; } P.prototype.get = function () { return io(this.x); };
    const p = new P(4); return [p.get(), p instanceof P, p.constructor === P];`,
  'constructors that hold arrows': `
    class A { constructor(v) { this.v = v; this.get = () => io(this.v); } } class B extends A { constructor() { super(3); this.two = () => this.get() + io(this.v); } }
    return new B().two();`,
  'new.target':
    'function F() { this.t = new.target === F; io(1); } class C { constructor() { this.t = (() => new.target === C)(); } m() { return io(this.t); } } return [new C().m()];',
  'optional calls': `
    const o = { a: { f(x) { return io(x) + this.v; }, v: 1 }, n: null };
    return [o?.a.f(1), o.a?.f(2), o.n?.f(io(3)), o.a.f?.(4), o.a.g?.(io(5)), o.zz?.a.b.c(1), o?.["a"]?.["f"]?.(6), undefined?.(io(7)), o.a?.f(1)?.toFixed(1)];`,
  'optional calls in calls': 'const f = (x) => io(x); const o = { f }; return f(o?.f(o?.g?.(1) ?? f?.(2)));',
  'tagged templates': `
    const tag = (s, ...v) => s.raw.join('|') + v.map((x) => io(x)).join(); const same = (s) => { io(1); return s; };
    const f = () => same\`x\`; const o = { t(s, v) { return io(v) + this.k + s[1]; }, k: 5 };
    return [tag\`a\${io(1)}b\\n\${2}\`, f() === f(), o.t\`x\${1}y\`];`,
  'try, catch, finally': `
    const log = []; function f(x) { try { if (io(x) > 1) throw new Error('e' + x); return 'r' + io(x); } catch (e) { log.push(io(e.message)); return 'c'; } finally { log.push(io('f' + x)); } }
    return [f(1), f(2), log];`,
  'finally that returns':
    'function f() { try { throw io(1); } finally { return io(2); } } function g() { for (;;) { try { return io(1); } finally { break; } } return 3; } return [f(), g()];',
  'throws through frames': `
    const f = () => { throw new TypeError(io('x')); }; const g = () => { try { f(); } finally { io(1); } };
    try { g(); } catch (e) { return [e instanceof TypeError, e.message]; }`,
  labels: `
    const r = []; outer: for (let i = 0; i < 3; i++) { for (const j of [0, 1, 2]) { if (io(j) === 1) continue outer; if (i === 2) break outer; r.push([i, j]); } }
    block: { if (io(1)) break block; r.push('no'); } return r;`,
  loops: `
    const r = []; let i = 0; while (io(i) < 3) { r.push(i); i++; } do { r.push(io(i)); i--; } while (i > 1); for (;;) { if (io(i++) > 3) break; }
    for (let k = 0, n = io(2); k < n; k += io(1)) r.push(k); for (const k in { a: io(1), b: 2 }) r.push(io(k)); for (var v = 0; v < 2; v++); return [r, i, v];`,
  switch: `
    const f = (x) => { switch (io(x)) { case io(1): return 'one'; case 2: { const y = io('two'); return y; } case 3: io(3); default: return 'more'; } };
    return [1, 2, 3, 4].map(f);`,
  conditions:
    'const f = (x) => io(x); return [f(0) || f(1), f(0) && f(1), f(null) ?? f(2), f(1) ? f(3) : f(4), !f(0), -f(2)];',
  assignments:
    'const o = { a: 1, b: null }; o.a += io(2); o.b ??= io(3); o.c ||= io(4); o.a &&= io(5); o[io("k")] = io(6); let x = 1; x **= io(2); return [o, x];',
  'order of evaluation':
    'const log = []; const t = (x) => { log.push(x); return io(x); }; const o = { m: (...a) => a.length }; o[(t("k"), "m")](t(1), t(2)); t("a") + t("b") * t("c"); return log;',
  'comma, void, typeof, in, delete':
    'const f = (x) => io(x); const o = { a: 1 }; return [(f(1), f(2)), void f(1), typeof f(1), f("a") in o, delete o[f("a")], o];',
  'template literals': 'return `a${io(1)}b${`c${io(2)}`}${[1, 2].map((x) => io(x))}`;',
  forEach:
    'const r = []; [1, , 3].forEach(function (x, i, a) { r.push([io(x), i, a.length, this.k]); }, { k: 1 }); return r;',
  'map with holes': 'const r = [1, , 3].map((x) => io(x)); return [r, 1 in r, r.length];',
  'filter, some, every':
    'const a = [1, 2, 3, 4]; return [a.filter((x) => io(x) % 2), a.some((x) => io(x) > 2), a.every((x) => io(x) < 3)];',
  'find and friends':
    'const a = [1, 2, 3, 4]; const f = (x) => io(x) > 2; return [a.find(f), a.findIndex(f), a.findLast(f), a.findLastIndex(f), a.find((x) => io(x) > 9), a.findIndex((x) => io(x) > 9)];',
  flatMap: 'return [1, 2].flatMap((x) => [io(x), [x]]);',
  reduce:
    'const a = [1, 2, 3]; return [a.reduce((s, x, i) => s + io(x) * i), a.reduce((s, x) => s + io(x), "s"), a.reduceRight((s, x) => s + io(x), ""), [, 5].reduce((s, x) => io(x))];',
  'reduce of nothing': 'try { [].reduce((a, b) => io(a) + b); } catch (e) { return e instanceof TypeError; }',
  'Array.from':
    'return [Array.from([1, 2], (x, i) => io(x) + i), Array.from({ length: 2 }, (_, i) => io(i)), Array.from("ab"), Array.from(new Set([1]))];',
  'Map and Set':
    'const r = []; new Map([["a", 1]]).forEach((v, k, m) => r.push([io(v), k, m.size])); new Set([1, 2]).forEach((v, k) => r.push(io(v) + k)); return r;',
  'call, apply, bind': `
    function f(a, b) { return [this.v, io(a), b]; } const o = { v: 1 };
    return [f.call(o, 2, 3), f.apply(o, [2, 3]), f.bind(o, 2)(3), f.bind(o).length, [1].map(f.bind(o, 5))];`,
  'callbacks to helpers': `
    const retry = (times, act) => { for (let i = 0; i < times; i++) { const r = act(i); if (r) return r; } return null; };
    const pipe = (...fs) => (x) => fs.reduce((y, f) => f(y), x);
    return [retry(3, (i) => io(i) === 2 && 'ok'), pipe((x) => io(x) + 1, (x) => io(x) * 2)(3)];`,
  'functions in data':
    'const steps = { login: () => io("in"), out: [(x) => io(x)] }; return [steps.login(), steps.out[0](1), Object.values(steps).length, Object.entries(steps).map(([k]) => k)];',
  generators: `
    function* g(n) { for (let i = 0; i < n; i++) { const got = yield io(i); if (got) return io(got); } }
    const it = g(3); const r = [it.next(), it.next(), it.next('x'), it.next()]; const s = []; for (const x of g(3)) s.push(x);
    return [r, s, typeof it.next, it[Symbol.iterator]() === it];`,
  'generators that delegate': `
    function* a() { const r = yield* b(); yield r; } function* b() { yield io(1); yield* [2, 3]; return io(4); }
    const r = []; for (const x of a()) r.push(io(x)); return r;`,
  'generators that are closed': `
    const log = []; function* g() { try { yield io(1); yield io(2); } finally { log.push('closed'); } }
    for (const x of g()) { log.push(x); break; } const it = g(); it.next(); log.push(it.return(5)); try { const z = g(); z.next(); z.throw(new Error('t')); } catch (e) { log.push(e.message); }
    return log;`,
  'plain generators stay':
    'function* g() { yield 1; yield 2; } return [[...g()], Math.max(...g()), Array.from(g()), io(1)];',
  'iterables of objects': `
    const it = { from: 1, to: 3, [Symbol.iterator]() { let i = this.from; const to = this.to; return { next: () => (i <= to ? { value: io(i++), done: false } : { value: undefined, done: true }) }; } };
    const r = []; for (const x of it) { if (x === 3) break; r.push(x); } return r;`,
  'for of with patterns':
    'const r = []; for (const [k, { v = io(9) }] of Object.entries({ a: { v: 1 }, b: {} })) r.push([k, io(v)]); let q; for (q of [io(1), 2]); const fs = []; for (const x of [1, 2]) fs.push(() => io(x)); return [r, q, fs.map((f) => f())];',
  'for of of maps and strings':
    'const r = []; for (const [k, v] of new Map([["a", 1]])) r.push(k + io(v)); for (const c of "ab") r.push(io(c)); for (const x of [1, 2].entries()) r.push(io(x)); return r;',
  'immediately called':
    'return [(() => io(1))(), (function () { return io(this === undefined ? 2 : 3); })(), (function f(n) { return n ? io(n) + f(n - 1) : 0; })(2), !function () { return io(0); }()];',
  'returned functions': 'const f = (a) => (b) => (c) => io(a) + io(b) + c; return f(1)(2)(3);',
  'shadowed names':
    'const f = (x) => io(x); { const f = (x) => x + "!"; return [f(1), ((io) => io(2))((x) => x * 10)]; }',
  'reassigned functions': 'let f = (x) => io(x); const a = f(1); f = (x) => io(x) * 2; return [a, f(1)];',
  'functions as objects':
    'function f(x) { return io(x); } f.count = 3; const g = (x) => io(x); g.y = f; return [f.count, g.y(2), typeof f, typeof g, f.name, "prototype" in g, "prototype" in f, f.length];',
  'getters of literals': 'const o = { get x() { return 5; }, set x(v) {}, y: io(1) }; return [o.x, o.y];',
  'comments in odd places':
    'const f = /* ( */ (x /* ) */) /* => */ => /* ( */ io(x); function /* ( */ g /* ( */ (a) { return io(a); } return f /* ( */ (1) + g(2 /* ) */) + io(/* none */ 3);',
  'object methods with async-like names':
    'const o = { async: (x) => io(x), get: (x) => io(x), set(x) { return io(x); }, static() { return io(4); }, of: 1 }; return [o.async(1), o.get(2), o.set(3), o.static(), o.of];',
  'strings that look like code': 'const s = "yield* $$p()"; const t = `$` + "$"; return [s, t, io(1)];',
  'chains over lines': `
    const api = { a() { io(1); return this; }, b(x) { this.x = io(x); return this; }, x: 0 };
    return api
      .a()
      // with a comment
      .b(2)
      .a().x;`,
  'no semicolons':
    'let a = 1\nconst f = (x) => io(x)\n;[1, 2].forEach((x) => { a += f(x) })\nconst b = f(a)\nreturn b',
  'async functions': 'return "sync";',
  'deep nesting': 'const f = (n) => n === 0 ? io(0) : [n].map((x) => f(x - 1) + io(1))[0]; return f(20);',
  'exceptions of callbacks':
    'try { [1, 2].forEach((x) => { if (io(x) === 2) throw new RangeError("two"); }); } catch (e) { return e.name; }',
  'sort without waiting':
    'return [3, 1, 2].map((x) => io(x)).sort((a, b) => a - b).map((x) => io(x)).reverse();',
  'replace without waiting':
    'return io("abc").replace(/b/, (m) => m.toUpperCase()) + JSON.stringify({ a: io(1) }, (k, v) => v);',
  'BigInt, symbols, regexes':
    'const s = Symbol("x"); const o = { [s]: (x) => io(x) }; return [String(2n ** 64n), o[s](1), /a(\\d)/.exec(io("a1"))[1]];',
  'date and maths':
    'return [Math.max(io(1), 2), new Date(0).toISOString(), isNaN(io("x")), parseInt(io("12px"), 10)];',
  JSON: 'return JSON.parse(JSON.stringify({ a: io(1), d: [io("x")] }));',
  'delete and spread of arguments':
    'function f(...a) { return g(...a, ...[io(3)]); } function g(...b) { return b.map((x) => io(x)); } return f(1, 2);',
  'class expressions':
    'const C = class Named { m() { return Named.k + io(1); } static k = 2; }; return [new C().m(), C.name, new (class { x() { return io(3); } })().x()];',
  'class statics':
    'class A { static { this.v = 5; } static m() { return io(this.v); } static async_ = 1; "quoted name"() { return io(2); } 42() { return io(3); } } return [A.m(), new A()["quoted name"](), new A()[42]()];',
  mixins:
    'const M = (Base) => class extends Base { hi() { return io("hi") + super.hi(); } }; class A { hi() { return io("!"); } } return new (M(A))().hi();',
  'inherited from arrays':
    'class L extends Array { sum() { return this.reduce((s, x) => s + io(x), 0); } } const l = L.from([1, 2, 3]); return [l.sum(), l.length];',
  'toString and valueOf that do not wait':
    'const o = { valueOf() { return 5; }, toString() { return "s"; } }; return [o + io(1), `${o}${io(1)}`];',
  'yield as a part of names': 'const yielded = io(1); const o = { yield: 2 }; return yielded + o.yield;',
  'conditional functions':
    'let f; if (io(1)) { f = function () { return io("a"); }; } else { f = () => io("b"); } return f();',
  'var in blocks':
    'if (io(1)) { var x = io(2); } for (var i = 0; i < 2; i++) { var y = io(i); } return [x, y, i];',
  'this at the top of functions':
    'function f() { return io(typeof this); } const o = { f }; return [f(), o.f(), f.call(5)];',
  'errors of calls': `
    const r = []; for (const act of [() => io(null).x, () => io({}).nope(), () => io(5)(), () => undefinedName(io(1))]) { try { act(); } catch (e) { r.push(e.constructor.name); } } return r;`,
};
