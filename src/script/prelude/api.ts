import { cryptoModule } from './crypto.js';
import { dataModule } from './data.js';
import { encodingModule } from './encoding.js';
import { goError } from './errors.js';
import { executionModule } from './execution.js';
import { htmlModule } from './html.js';
import { httpModule } from './http.js';
import { k6Module } from './k6.js';
import { metricsModule } from './metrics.js';
import { timerFunctions } from './timers.js';

const API_MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  k6: k6Module,
  'k6/crypto': cryptoModule,
  'k6/data': dataModule,
  'k6/encoding': encodingModule,
  'k6/execution': executionModule,
  'k6/html': htmlModule,
  'k6/http': httpModule,
  'k6/metrics': metricsModule,
  'k6/timers': timerFunctions,
};

/** What an import of one of k6's modules gives; `default` and `*` are the whole module. */
export function apiExport(specifier: string, imported: string): unknown {
  const module = API_MODULES[specifier];
  if (module === undefined) throw goError(`unknown module: ${specifier}`);
  if (imported === '*' || imported === 'default') return module;
  return module[imported];
}

/** True for k6's own modules. */
export function isApi(specifier: string): boolean {
  return Object.hasOwn(API_MODULES, specifier);
}
