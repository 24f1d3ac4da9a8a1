import { invoke, Stamp } from './core.js';

type Steps = Generator<unknown, unknown, unknown>;
type List = ArrayLike<unknown> & object;
type Visit = (list: List, callback: unknown, self: unknown) => Steps;

/** Calls the callback for one element; holes are left out by those that leave them out. */
function visit(list: List, index: number, callback: unknown, self: unknown): Steps {
  return invoke(callback, self, [list[index], index, list]);
}

function length(list: List): number {
  return Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
}

function* search(list: List, callback: unknown, self: unknown, fromEnd: string): Steps {
  const count = length(list);
  for (let turn = 0; turn < count; turn++) {
    const index = fromEnd === 'last' ? count - 1 - turn : turn;
    const value = list[index];
    if (yield* invoke(callback, self, [value, index, list])) return { index, value };
  }
  return undefined;
}

type Found = { readonly index: number; readonly value: unknown } | undefined;

/** Array.prototype's methods that call back (ECMA-262, 23.1.3), for callbacks that may wait. */
const VISITORS: Readonly<Record<string, Visit>> = {
  *forEach(list, callback, self) {
    const count = length(list);
    for (let index = 0; index < count; index++) if (index in list) yield* visit(list, index, callback, self);
  },
  *map(list, callback, self) {
    const count = length(list);
    const result = new Array<unknown>(count);
    for (let index = 0; index < count; index++) {
      if (index in list) result[index] = yield* visit(list, index, callback, self);
    }
    return result;
  },
  *filter(list, callback, self) {
    const result: unknown[] = [];
    const count = length(list);
    for (let index = 0; index < count; index++) {
      if (!(index in list)) continue;
      const value = list[index];
      if (yield* invoke(callback, self, [value, index, list])) result.push(value);
    }
    return result;
  },
  *some(list, callback, self) {
    const count = length(list);
    for (let index = 0; index < count; index++) {
      if (index in list && (yield* visit(list, index, callback, self))) return true;
    }
    return false;
  },
  *every(list, callback, self) {
    const count = length(list);
    for (let index = 0; index < count; index++) {
      if (index in list && !(yield* visit(list, index, callback, self))) return false;
    }
    return true;
  },
  *find(list, callback, self) {
    return ((yield* search(list, callback, self, 'first')) as Found)?.value;
  },
  *findIndex(list, callback, self) {
    return ((yield* search(list, callback, self, 'first')) as Found)?.index ?? -1;
  },
  *findLast(list, callback, self) {
    return ((yield* search(list, callback, self, 'last')) as Found)?.value;
  },
  *findLastIndex(list, callback, self) {
    return ((yield* search(list, callback, self, 'last')) as Found)?.index ?? -1;
  },
  *flatMap(list, callback, self) {
    const result: unknown[] = [];
    const count = length(list);
    for (let index = 0; index < count; index++) {
      if (!(index in list)) continue;
      const value = yield* visit(list, index, callback, self);
      if (!Array.isArray(value)) result.push(value);
      else for (const item of value) result.push(item);
    }
    return result;
  },
};

function* reduce(list: List, values: readonly unknown[], fromEnd: string): Steps {
  const [callback] = values;
  const count = length(list);
  let turn = 0;
  const place = () => (fromEnd === 'last' ? count - 1 - turn : turn);
  let result = values[1];
  if (values.length < 2) {
    while (turn < count && !(place() in list)) turn += 1;
    if (turn >= count) throw new TypeError('No initial value');
    result = list[place()];
    turn += 1;
  }
  for (; turn < count; turn++) {
    const index = place();
    if (index in list) result = yield* invoke(callback, undefined, [result, list[index], index, list]);
  }
  return result;
}

function* arrayFrom(source: Iterable<unknown> | ArrayLike<unknown>, callback: unknown, self: unknown): Steps {
  const values = Array.from(source);
  const result: unknown[] = [];
  for (let index = 0; index < values.length; index++) {
    result.push(
      callback === undefined ? values[index] : yield* invoke(callback, self, [values[index], index]),
    );
  }
  return result;
}

function* eachEntry(
  collection: Map<unknown, unknown> | Set<unknown>,
  callback: unknown,
  self: unknown,
): Steps {
  for (const entry of collection) {
    const [key, value] = (collection instanceof Map ? entry : [entry, entry]) as [unknown, unknown];
    yield* invoke(callback, self, [value, key, collection]);
  }
  return undefined;
}

/** Gives the language's methods that call back their twins. */
export function stampArrays(): void {
  for (const [name, steps] of Object.entries(VISITORS)) {
    const plain = (Array.prototype as unknown as Record<string, object>)[name]!;
    Stamp.putNative(plain, function (this: unknown, callback, self) {
      return steps(Object(this) as List, callback, self);
    });
  }
  Stamp.putNative(Array.prototype.reduce, function (this: unknown, ...values) {
    return reduce(Object(this) as List, values, 'first');
  });
  Stamp.putNative(Array.prototype.reduceRight, function (this: unknown, ...values) {
    return reduce(Object(this) as List, values, 'last');
  });
  for (const collection of [Map, Set]) {
    Stamp.putNative(collection.prototype.forEach, function (this: unknown, callback, self) {
      return eachEntry(this as Map<unknown, unknown>, callback, self);
    });
  }
  stampFrom();
  stampCalls();
}

/** `Array.from` has the callback as its second argument: it is looked at there. */
function stampFrom(): void {
  const from = Array.from;
  const method = {
    from(this: unknown, source: Iterable<unknown>, callback?: unknown, self?: unknown): unknown {
      if (callback === undefined) return Reflect.apply(from, this, [source]);
      return Reflect.apply(from, this, [source, callback, self]);
    },
  };
  Object.defineProperty(method.from, 'length', { value: 1, configurable: true });
  Stamp.put(method.from, function* (this: unknown, source, callback, self) {
    if (!Stamp.has(callback)) return method.from.call(this, source as Iterable<unknown>, callback, self);
    return yield* arrayFrom(source as Iterable<unknown>, callback, self);
  });
  Object.defineProperty(Array, 'from', { value: method.from, writable: true, configurable: true });
}

/** `f.call(x)`, `f.apply(x, list)` and `f.bind(x)` of functions that may wait. */
function stampCalls(): void {
  Stamp.putNative(Function.prototype.call, function (this: unknown, self, ...values) {
    return invoke(this, self, values);
  });
  Stamp.putNative(Function.prototype.apply, function (this: unknown, self, values) {
    return invoke(this, self, values === undefined || values === null ? [] : [...(values as unknown[])]);
  });
  const { bind } = Function.prototype;
  const method = {
    bind(this: unknown, self: unknown, ...bound: unknown[]): unknown {
      const plain = Reflect.apply(bind, this as never, [self, ...bound]) as object;
      if (!Stamp.has(this)) return plain;
      return Stamp.put(plain, (...values) => invoke(this, self, [...bound, ...values]));
    },
  };
  Object.defineProperty(method.bind, 'length', { value: 1, configurable: true });
  Object.defineProperty(Function.prototype, 'bind', {
    value: method.bind,
    writable: true,
    configurable: true,
  });
}
