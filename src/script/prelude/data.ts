import { goError } from './errors.js';
import { frozen } from './execution.js';
import { fromJson, toJson } from './json.js';
import { currentVu } from './vu.js';

/** The elements of shared arrays, by name: JSON, until an element is asked for. */
const arrays = new Map<string, object>();

/** An index as a property's key, or undefined. */
function indexOf(key: PropertyKey, length: number): number | undefined {
  if (typeof key !== 'string') return undefined;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < length && String(index) === key ? index : undefined;
}

function refuseWrite(): never {
  throw new TypeError('SharedArray is immutable');
}

/** An array that nobody can change, whose elements are made when they are asked for, and shared by all virtual users. */
function sharedView(texts: readonly string[]): object {
  const elements: unknown[] = [];
  const made: boolean[] = [];
  const element = (index: number): unknown => {
    if (made[index] !== true) {
      elements[index] = frozen(fromJson(texts[index]!));
      made[index] = true;
    }
    return elements[index];
  };
  return new Proxy([] as unknown[], {
    get(target, key, receiver) {
      if (key === 'length') return texts.length;
      const index = indexOf(key, texts.length);
      return index === undefined ? Reflect.get(target, key, receiver) : element(index);
    },
    has: (target, key) => indexOf(key, texts.length) !== undefined || Reflect.has(target, key),
    set: refuseWrite,
    defineProperty: refuseWrite,
    deleteProperty: refuseWrite,
    setPrototypeOf: refuseWrite,
    preventExtensions: () => false,
    ownKeys: () => [...texts.keys()].map(String).concat('length'),
    getOwnPropertyDescriptor(target, key) {
      if (key === 'length') return Reflect.getOwnPropertyDescriptor(target, key);
      const index = indexOf(key, texts.length);
      if (index === undefined) return undefined;
      return { value: element(index), writable: true, enumerable: true, configurable: true };
    },
  });
}

/** k6's `new SharedArray(name, function)` (internal/js/modules/k6/data/data.go). */
function SharedArray(name?: unknown, create?: unknown): object {
  if (new.target === undefined)
    throw new TypeError("Class constructor SharedArray cannot be invoked without 'new'");
  if (!currentVu().initialising) throw goError('new SharedArray must be called in the init context');
  const text = String(name ?? '');
  if (text === '') throw goError("empty name provided to SharedArray's constructor");
  const known = arrays.get(text);
  if (known !== undefined) return known;
  if (typeof create !== 'function') {
    throw goError("a function is expected as the second argument of SharedArray's constructor");
  }
  const list: unknown = (create as () => unknown)();
  if (!Array.isArray(list)) throw goError('only arrays can be made into SharedArray');
  const view = sharedView(list.map((value) => toJson(value) ?? 'null'));
  arrays.set(text, view);
  return view;
}

/** What `import ... from 'k6/data'` gives. */
export const dataModule: Readonly<Record<string, unknown>> = { SharedArray };
