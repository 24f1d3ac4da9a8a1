import { httpModule } from './http.js';
import { k6Module } from './k6.js';

const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  k6: k6Module,
  'k6/http': httpModule,
};

/** What an import of one of k6's modules gives; `default` and `*` are the whole module. */
export function apiExport(specifier: string, imported: string): unknown {
  const module = MODULES[specifier];
  if (module === undefined) throw new Error(`unknown module: ${specifier}`);
  if (imported === '*' || imported === 'default') return module;
  return module[imported];
}

/** True for k6's own modules. */
export function isApi(specifier: string): boolean {
  return Object.hasOwn(MODULES, specifier);
}
