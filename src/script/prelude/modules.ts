import { apiExport, isApi } from './api.js';
import type { AnyFunction } from './core.js';
import { goError } from './errors.js';
import { globalOf } from './globals.js';
import { currentVu } from './vu.js';

interface ModuleFactory {
  readonly make: AnyFunction;
  readonly kind: string;
  /** Numbers of the modules it imports, by specifier. */
  readonly imports: Readonly<Record<string, number>>;
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

function recordOf(exports: unknown): object {
  const vu = currentVu();
  return {
    exports,
    load: loadModule,
    meta: {},
    get global() {
      return globalOf(vu);
    },
  };
}

function loadEsm(index: number, factory: ModuleFactory): unknown {
  const exports = Object.create(null) as object;
  currentVu().exports[index] = exports;
  factory.make.call(undefined, recordOf(exports));
  return exports;
}

function loadCommonJs(index: number, factory: ModuleFactory): unknown {
  const vu = currentVu();
  const module = { exports: {} as unknown };
  const require = (specifier: unknown): unknown => {
    const name = String(specifier);
    if (isApi(name)) return apiExport(name, '*');
    const target = factory.imports[name];
    if (target === undefined) throw goError(`unknown module: ${name}`);
    return loadModule(target);
  };
  vu.exports[index] = module.exports;
  factory.make.call(module.exports, recordOf(module.exports), module, module.exports, require);
  vu.exports[index] = withDefault(module.exports);
  return vu.exports[index];
}

/** `import x from './common.js'` gives what the module exports as a whole. */
function withDefault(exports: unknown): unknown {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null)
    return { default: exports };
  if (!('default' in exports) && Object.isExtensible(exports)) {
    Object.defineProperty(exports, 'default', { value: exports, enumerable: false, configurable: true });
  }
  return exports;
}
