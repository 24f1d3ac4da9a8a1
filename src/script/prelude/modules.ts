import { apiExport, isApi } from './api.js';
import { type AnyFunction, drive } from './core.js';
import { asyncTwin } from './coroutines.js';
import { goError } from './errors.js';
import { globalOf, openFile } from './globals.js';
import { currentVu } from './vu.js';

interface ModuleFactory {
  readonly make: AnyFunction;
  /** `module`, `async` (it awaits at its top level) or `commonjs`. */
  readonly kind: string;
  /** Numbers of the modules it imports, by specifier. */
  readonly imports: Readonly<Record<string, number>>;
  readonly id: string;
}

/** The compiled modules; the first is the script. */
export const moduleFactories: ModuleFactory[] = [];

/** A module's exports for the current virtual user; runs the module the first time. */
export function loadModule(index: number): unknown {
  const vu = currentVu();
  const known = vu.exports[index];
  if (known !== undefined) return known;
  const factory = moduleFactories[index]!;
  return factory.kind === 'commonjs' ? loadCommonJs(index, factory) : loadEsm(index, factory);
}

function recordOf(exports: unknown, { id }: ModuleFactory): object {
  const vu = currentVu();
  return {
    exports,
    load: loadModule,
    meta: {},
    open: (path: unknown, mode: unknown) => openFile(id, path, mode),
    get global() {
      return globalOf(vu);
    },
  };
}

function loadEsm(index: number, factory: ModuleFactory): unknown {
  const vu = currentVu();
  const exports = Object.create(null) as object;
  vu.exports[index] = exports;
  const record = recordOf(exports, factory);
  if (factory.kind !== 'async') {
    factory.make.call(undefined, record);
    return exports;
  }
  const body = factory.make as unknown as (record: object) => Generator<unknown, unknown, unknown>;
  drive(asyncTwin(() => body(record)).call(undefined));
  while (vu.jobs.length > 0) drive(vu.jobs.shift()!);
  for (const error of vu.rejections.values()) {
    vu.forget();
    throw error;
  }
  return exports;
}

function loadCommonJs(index: number, factory: ModuleFactory): unknown {
  const vu = currentVu();
  const module = { exports: {} as unknown };
  const require = (specifier: unknown): unknown => {
    const name = String(specifier);
    if (isApi(name)) return apiExport(name, '*');
    const target = Object.hasOwn(factory.imports, name) ? factory.imports[name] : undefined;
    if (target === undefined) throw goError(`unknown module: ${name}`);
    return loadModule(target);
  };
  vu.exports[index] = module.exports;
  const record = recordOf(module.exports, factory);
  factory.make.call(module.exports, record, module, module.exports, require);
  vu.exports[index] = withDefault(module.exports);
  return vu.exports[index];
}

/** `import x from './common.js'` gives what the module exports as a whole. */
function withDefault(exports: unknown): unknown {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) {
    return { default: exports };
  }
  if (!('default' in exports) && Object.isExtensible(exports)) {
    Object.defineProperty(exports, 'default', { value: exports, enumerable: false, configurable: true });
  }
  return exports;
}
