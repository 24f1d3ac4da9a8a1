/**
 * Attempts to get out of a realm, by class, as they are known from sandboxes of Node (vm, vm2, isolated-vm's advisories,
 * safe-eval, realms-shim, notevil, ...). Each is a body of a script's function: what it returns, throws or puts into `found`
 * is probed for anything that does not belong to the realm.
 */
export const ATTEMPTS: Readonly<Record<string, string>> = {
  // Names.
  process: 'return process;',
  'require of fs': "return require('fs');",
  'require of a node: module': "return require('node:child_process');",
  'module.constructor': "return module.constructor._load('fs');",
  'module.parent': 'return [module, module.parent, module.children].map((x) => x && x.constructor);',
  'globalThis.process': 'return globalThis.process || global.process;',
  'the global object behind globalThis':
    'return Object.getPrototypeOf(globalThis).process || Object.getPrototypeOf(Object.getPrototypeOf(globalThis));',
  'all that the global object has':
    'const g = Object.getPrototypeOf(globalThis); return Reflect.ownKeys(g).map((k) => g[k]);',
  'names of Node':
    "return ['Buffer', 'setImmediate', 'queueMicrotask', 'fetch', 'URL', 'performance', 'structuredClone', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Intl', 'WeakRef', 'FinalizationRegistry', 'gc', 'SuppressedError', 'Iterator', 'navigator'].map((k) => globalThis[k]);",
  // Code from texts.
  Function: "return Function('return process')();",
  'new Function': "return new Function('return this')();",
  'the constructor of a constructor': "return ''.constructor.constructor('return process')();",
  'the constructor of a k6 function':
    "found.push(http.get.constructor); return http.get.constructor('return process')();",
  'the constructor of an array method': "return [].map.constructor('return globalThis')();",
  GeneratorFunction: "return Object.getPrototypeOf(function* () {}).constructor('return process')().next();",
  'GeneratorFunction of a waiting generator':
    "return Object.getPrototypeOf(function* () { http.get('http://h/'); }).constructor('return process')();",
  AsyncFunction: "return Object.getPrototypeOf(async () => {}).constructor('return process')();",
  'direct eval': "return eval('process');",
  'indirect eval': "return (0, eval)('process');",
  'the error of eval':
    "try { eval('1'); } catch (e) { found.push(e); } return found[0].constructor.constructor;",
  'the error of Function': "try { Function('1'); } catch (e) { return e; }",
  'setTimeout of a text': "setTimeout('process', 0); return 1;",
  'Reflect.construct of Function': "return Reflect.construct(Function, ['return process'])();",
  'a class that extends Function':
    "class F extends Function { constructor() { super('return process'); } } return new F()();",
  'a class that extends null':
    'class N extends null { static m() { return super.constructor; } } return N.m();',
  'bound constructors': "const F = Function.bind(null, 'return process'); return new F()();",
  'Function.prototype.call of Function':
    "return Function.prototype.call.call(Function, null, 'return process')();",
  // Modules.
  'dynamic import': "return import('node:fs');",
  'dynamic import and its error': "return import('x').catch((e) => found.push(e));",
  'dynamic import hidden behind a comment of the old web':
    "let x = 5, b = 0; x<!--b + `\n0; found.push(import('node:fs')); `;",
  'dynamic import behind the other one': 'let x = 5;\nx\n-->0; `${1}`; `\n`; return x;',
  'import.meta': 'return [import.meta, import.meta.constructor, import.meta.url];',
  // Exceptions.
  'the end of the stack': 'let e; const f = () => { f(); }; try { f(); } catch (x) { e = x; } return e;',
  'the end of the stack in console.log': deep("console.log('x')"),
  'the end of the stack in Math.random': deep('Math.random()'),
  'the end of the stack in Date.now': deep('Date.now()'),
  'the end of the stack in check': deep('check(1, { a: 1 })'),
  'the end of the stack in a request': deep("http.get('http://h/' + Date.now())"),
  'the end of the stack in group': deep("group('g', () => 1)"),
  'the end of the stack in a stack trace': deep('new Error().stack'),
  'the end of the stack in sleep': deep('sleep(0.1)'),
  'the end of the stack in __ENV and __VU': deep('__VU + __ITER'),
  'errors of k6':
    "for (const act of [() => http.post('http://h/', 5), () => group(), () => check(1), () => fail('x'), () => sleep(Symbol()), () => http.get(Symbol())]) { try { act(); } catch (e) { found.push(e); } } return found;",
  'errors of the language':
    "for (const act of [() => null.x, () => undefinedName, () => new Array(-1), () => 'x'.repeat(-1), () => BigInt(1.5), () => decodeURIComponent('%'), () => JSON.parse('{'), () => new RegExp('('), () => Symbol() + '', () => Object.defineProperty(1, 'x', {}), () => new Proxy({}, null), () => structuredClone]) { try { act(); } catch (e) { found.push(e); } } return found;",
  'errors thrown by getters that the host might read':
    'throw { get stack() { found.push(new Error().stack); return { toString() { throw found; } }; }, get message() { throw this; } };',
  'an error whose stack is a proxy':
    'throw { stack: new Proxy({}, { get(t, k, r) { found.push(t, r); return () => r; } }) };',
  'an error whose name waits for the host':
    "const e = new Error('x'); Object.defineProperty(e, 'name', { get() { found.push(this); return { toString: () => { throw e; } }; } }); throw e;",
  'a thrown function': 'throw Object.assign(() => {}, { stack: 1, constructor: undefined });',
  'a thrown proxy':
    'throw new Proxy(function () {}, { get(t, k) { found.push(t); return k === Symbol.toPrimitive ? () => "x" : undefined; }, getPrototypeOf() { return Error.prototype; } });',
  // Stack traces.
  'Error.prepareStackTrace':
    'let sites; try { Error.prepareStackTrace = (e, s) => { sites = s; return s; }; } catch (e) { found.push(e); } new Error().stack; return sites;',
  'Error.prepareStackTrace by definition':
    "let sites; try { Object.defineProperty(Error, 'prepareStackTrace', { value: (e, s) => { sites = s; } }); } catch (e) { found.push(e); } new Error().stack; return sites;",
  'another Error':
    'let sites; try { globalThis.Error = { prepareStackTrace(e, s) { sites = s; } }; } catch (e) { found.push(e); } try { null.x; } catch (e) { e.stack; } return sites;',
  'another Error behind globalThis':
    'let sites; try { Object.getPrototypeOf(globalThis).Error = { prepareStackTrace(e, s) { sites = s; } }; } catch (e) { found.push(e); } try { null.x; } catch (e) { e.stack; } return sites;',
  'a subclass with prepareStackTrace':
    'let sites; class E extends Error { static prepareStackTrace(e, s) { sites = s; return s; } } new E().stack; for (const K of [TypeError, RangeError]) { K.prepareStackTrace = (e, s) => { sites = s; }; new K().stack; } return sites;',
  'Error.captureStackTrace':
    'const o = {}; if (Error.captureStackTrace) Error.captureStackTrace(o); return [o.stack, Error.captureStackTrace];',
  'Error.stackTraceLimit':
    'try { Error.stackTraceLimit = { valueOf() { found.push(this); return 100; } }; } catch (e) { found.push(e); } return new Error().stack;',
  'what the realm writes stacks with':
    "return [Error.prepareStackTrace, (() => { try { return Error.prepareStackTrace(new Error('x'), [{ getFileName: () => 'k6:prelude', getFunctionName: () => 'x' }, { getFileName: () => ({ toString() { found.push(this); return 'file:///script.js'; } }), getLineNumber: () => ({}), getColumnNumber: () => [], getFunctionName: () => null }]); } catch (e) { return e; } })()];",
  // Callers and arguments.
  'arguments.callee.caller': 'function f() { return arguments.callee.caller; } return f();',
  'function.caller':
    'function f() { return f.caller; } try { found.push(f()); } catch (e) { found.push(e); } return [1].map(function g() { return g.caller; });',
  'callers up the stack':
    "function f() { let c = f; const list = []; for (let i = 0; i < 10 && c; i++) { c = Object.getOwnPropertyDescriptor(Function.prototype, 'caller').get.call(c); list.push(c); } return list; } return f();",
  'this of a plain call':
    'return [(function () { return this; })(), (() => this)(), [1].map(function () { return this; })[0]];',
  // What the host might read or call.
  'replaced JSON':
    "const r = JSON.stringify; JSON.stringify = (x) => ({ x, toString() { found.push(this); return 'x'; } }); try { http.get('http://h/new' + Date.now()); check(1, { a: true }, { t: 1 }); } finally { JSON.stringify = r; } return found;",
  'replaced String':
    "const S = String; Object.getPrototypeOf(globalThis).String = (x) => ({ toString() { found.push(this); } }); try { console.log({}); http.get('http://h/s'); } finally { Object.getPrototypeOf(globalThis).String = S; } return 1;",
  'replaced Reflect.apply':
    'const a = Reflect.apply; Reflect.apply = (f, t, l) => { found.push(f, t, l); return a(f, t, l); }; try { [1].forEach(() => http.get("http://h/")); group("x", () => 1); } finally { Reflect.apply = a; } return found;',
  'replaced Function.prototype.call':
    'const c = Function.prototype.call; Function.prototype.call = function (...a) { found.push(this, ...a); return Reflect.apply(this, a[0], a.slice(1)); }; try { http.get("http://h/"); check({}, { a: () => 1 }); console.log(1); } finally { Function.prototype.call = c; } return found;',
  'replaced array methods':
    "const { push, shift, map, join } = Array.prototype; Array.prototype.push = function (...a) { found[found.length] = this; return push.apply(this, a); }; Array.prototype.join = function () { found[found.length] = this; return { toString: () => 'x' }; }; try { console.log(1, 2); Promise.resolve(1).then(() => 2); } finally { Object.assign(Array.prototype, { push, shift, map, join }); } return found;",
  'replaced Map and Set methods':
    'const { get, set } = Map.prototype; Map.prototype.get = function (k) { found.push(this, k); return get.call(this, k); }; Map.prototype.set = function (k, v) { found.push(this, k, v); return set.call(this, k, v); }; try { http.get("http://h/m" + Math.random()); } finally { Object.assign(Map.prototype, { get, set }); } return found;',
  'replaced symbols of iteration':
    'const i = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function () { found.push(this); return i.call(this); }; try { console.log(...[1]); Promise.all([1]); } finally { Array.prototype[Symbol.iterator] = i; } return found;',
  'replaced generator methods':
    "const G = Object.getPrototypeOf(Object.getPrototypeOf(function* () {}).prototype); const p = Object.getPrototypeOf(function* () {}).prototype; const n = p.next; p.next = function (v) { found.push(this, v); return n.call(this, v); }; try { http.get('http://h/'); group('a', () => http.get('http://h/')); } finally { p.next = n; } return [G, ...found];",
  'what generators yield':
    "const p = Object.getPrototypeOf(function* () {}).prototype; const n = p.next; p.next = function (v) { const r = n.call(this, v); found.push(r, r.value); return r; }; try { [1].map(() => http.get('http://h/')); } finally { p.next = n; } return found;",
  'prototype pollution: getters':
    "for (const k of ['status', 'get', 'value', 'plan', 'then', 'constructor_', 'id', 'stack', '0', 'length_']) Object.defineProperty(Object.prototype, k, { get() { found.push(this); return undefined; }, set(v) { found.push(this, v); }, configurable: true }); try { http.get('http://h/p'); check(1, { a: 1 }); console.log({}); } finally { for (const k of ['status', 'get', 'value', 'plan', 'then', 'constructor_', 'id', 'stack', '0', 'length_']) delete Object.prototype[k]; } return found;",
  'prototype pollution: __proto__ in headers and tags':
    'http.get(\'http://h/\', { headers: JSON.parse(\'{"__proto__": {"witness": 1}, "constructor": "x"}\'), tags: JSON.parse(\'{"__proto__": "polluted", "constructor": "y"}\') }); check(1, { a: 1 }, JSON.parse(\'{"__proto__": "polluted"}\')); return ({}).witness;',
  'prototype pollution: names of checks and groups':
    'check(1, JSON.parse(\'{"__proto__": true, "constructor": true, "toString": true}\')); group(\'__proto__\', () => http.get(\'http://h/__proto__\')); return 1;',
  'Symbol.toPrimitive where the host takes numbers':
    "sleep({ [Symbol.toPrimitive](h) { found.push(this, h); return 0.001; } }); http.get({ toString() { found.push(this); return 'http://h/'; } }); return found;",
  'Symbol.species and promises':
    'class P extends Array { static get [Symbol.species]() { return function (...a) { found.push(this, ...a); return []; }; } } return P.from([1, 2]).map((x) => x);',
  'a thenable': 'return Promise.resolve({ then(a, b) { found.push(a, b, a.constructor, this); a(1); } });',
  'a promise and its constructor':
    'const p = Promise.resolve(1); found.push(p, p.constructor, Object.getPrototypeOf(p), p.then(() => 1)); return (async () => 1)().constructor;',
  'an async function':
    "async function f() { await null; found.push(new Error('x')); throw new Error('y'); } return f().catch((e) => { found.push(e); });",
  'a proxy as options of a request':
    "http.get('http://h/', new Proxy({}, { get(t, k, r) { found.push(t, k, r); return undefined; }, has() { found.push(1); return true; }, ownKeys() { return ['a']; } })); return found;",
  'a proxy as checks':
    "check(1, new Proxy({ a: 1 }, { ownKeys() { return ['a', 'b']; }, getOwnPropertyDescriptor() { return { value: 1, enumerable: true, configurable: true }; }, get(t, k, r) { found.push(r); return (x) => found.push(x); } })); return found;",
  'a proxy as a callback':
    "group('x', new Proxy(function () { http.get('http://h/'); }, { apply(t, s, l) { found.push(t, s, l); return Reflect.apply(t, s, l); } })); return found;",
  'a proxy around k6':
    "const p = new Proxy(http, { get(t, k, r) { found.push(t, r); return t[k]; } }); p.get('http://h/'); return found;",
  'the response and all it holds':
    "const r = http.get('http://h/'); for (let o = r; o; o = Object.getPrototypeOf(o)) for (const k of Reflect.ownKeys(o)) { try { found.push(r[k], Object.getOwnPropertyDescriptor(o, k)); } catch (e) { found.push(e); } } return found;",
  'everything that k6 exports':
    'for (const m of [http, { check, group, sleep, fail }]) for (const k of Reflect.ownKeys(m)) found.push(m[k], m[k].constructor, m[k].prototype, Object.getPrototypeOf(m[k])); return found;',
  'the descriptors of console and __VU':
    'const g = Object.getPrototypeOf(globalThis); for (const k of Reflect.ownKeys(g)) { const d = Object.getOwnPropertyDescriptor(g, k); found.push(d.get, d.set, d.value); } return Object.values(console);',
  'getters of the global object called on others':
    "const g = Object.getPrototypeOf(globalThis); return Object.getOwnPropertyDescriptor(g, '__VU').get.call({ get id() { found.push(this); } });",
  // Machinery of the compiler.
  'names of the runtime': 'return [typeof \\u0024\\u0024r, $$r, $$k];',
  'names of the runtime as a label and a property': 'const o = { $$r: 1 }; return o.$$r;',
  'an import whose name is code': 'return 1;',
  'the twin of a function':
    "const f = () => http.get('http://h/'); return [Reflect.ownKeys(f), f.toString(), Object.getOwnPropertyDescriptors(f)];",
  'a private name of the runtime':
    'class A { static has(f) { return #twin in f; } static #twin = 1; } return A.has(http.get);',
  'stamping a function of the realm':
    'const s = Object.getOwnPropertySymbols(http.get); return [s, s.map((k) => http.get[k])];',
  'a comment that ends the function': '/* }; }) */ return typeof $$; // }; })\n',
  // Memory that is shared, and time.
  'SharedArrayBuffer by WebAssembly':
    'return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer.constructor;',
  'SharedArrayBuffer by a buffer':
    'return [new ArrayBuffer(8).constructor, Object.getPrototypeOf(Uint8Array)];',
  'compiling WebAssembly': 'return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));',
  'the real clock': "return new Date(Date.now() + 1).constructor('x') && Date.prototype.constructor;",
  'an endless loop': 'for (;;) {}',
  'an endless loop in a callback': 'while (true) { [1].map((x) => x); }',
  'an endless generator': 'function* g() { while (true) yield 1; } for (const x of g()) ; return 1;',
  'endless jobs': 'const f = () => Promise.resolve().then(f); return f();',
  'an endless recursion through promises': 'async function f() { await null; return f(); } return f();',
  // Weak spots of the language.
  '__proto__ of primitives':
    'return [(1).__proto__.constructor.constructor, Symbol().__proto__, (1n).__proto__.constructor];',
  '__defineGetter__ and __lookupGetter__':
    "const g = Object.getPrototypeOf(globalThis); return [g.__lookupGetter__ && g.__lookupGetter__('__VU'), ({}).__lookupGetter__('__proto__')];",
  'setPrototypeOf the global object':
    'try { Object.setPrototypeOf(Object.getPrototypeOf(globalThis), null); } catch (e) { found.push(e); } return found;',
  'a new property on the global object':
    'try { Object.getPrototypeOf(globalThis).process = 1; } catch (e) { found.push(e); } return found;',
  with: "return new Function('with (this) return process')();",
  'RegExp statics': "/(a)/.exec('a'); return [RegExp.$1, RegExp.input, RegExp['$&']];",
  'Array.prototype.concat spreadable':
    "const a = { length: 1, 0: 'x', get [Symbol.isConcatSpreadable]() { found.push(this); return true; } }; return [].concat(a);",
  'Symbol.hasInstance':
    'return { [Symbol.hasInstance](x) { found.push(x); return true; } } && ({}) instanceof { [Symbol.hasInstance](x) { found.push(x); return true; } };',
  'toJSON of what is logged':
    'console.log({ toJSON() { found.push(this); return { toString() { throw this; } }; } }, { get a() { throw found; } }); return found;',
  'valueOf of what is measured':
    'sleep(new Proxy({}, { get(t, k, r) { found.push(r); return () => 0; } })); return found;',
  'circular and deep data':
    'const a = {}; a.a = a; try { console.log(a); } catch (e) { found.push(e); } let d = []; for (let i = 0; i < 5000; i++) d = [d]; try { console.log(d); } catch (e) { found.push(e); } return found;',
};

/** Calls something at every depth near the end of the stack, and keeps what it throws. */
function deep(call: string): string {
  return `const dive = () => { try { ${call}; dive(); } catch (e) { if (found.length < 200) found.push(e); throw e; } }; try { dive(); } catch (e) { found.push(e); } return found;`;
}
