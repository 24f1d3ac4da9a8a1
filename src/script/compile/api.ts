import type { ImportOrigin } from './scope.js';

/**
 * What a function of k6 means to the compiler: it blocks the virtual user; it calls the functions that it is given before it
 * returns; or neither.
 */
export type ApiKind = 'blocking' | 'callback' | 'plain';

/** The functions of k6's modules that block or call back; everything else there is plain. */
const API: Readonly<Record<string, Readonly<Record<string, ApiKind>>>> = {
  k6: { sleep: 'blocking', group: 'callback', check: 'callback' },
  'k6/http': {
    get: 'blocking',
    head: 'blocking',
    post: 'blocking',
    put: 'blocking',
    patch: 'blocking',
    del: 'blocking',
    options: 'blocking',
    request: 'blocking',
    batch: 'blocking',
  },
};

/** k6's modules that the prelude has; the others (k6/ws, k6/net/grpc, k6/browser, ...) are not simulated. */
export const SIMULATED_MODULES: ReadonlySet<string> = new Set([
  'k6',
  'k6/crypto',
  'k6/data',
  'k6/encoding',
  'k6/execution',
  'k6/html',
  'k6/http',
  'k6/metrics',
  'k6/timers',
]);

/** True for modules that come with k6. */
export function isApiModule(specifier: string): boolean {
  return specifier === 'k6' || specifier.startsWith('k6/');
}

/** What `origin`, or its member of that name, is; undefined if it is no function of k6. */
export function apiKind(origin: ImportOrigin, member?: string): ApiKind | undefined {
  if (!isApiModule(origin.specifier)) return undefined;
  const whole = origin.imported === '*' || origin.imported === 'default';
  if (whole !== (member !== undefined)) return undefined;
  const name = member ?? origin.imported;
  return API[origin.specifier]?.[name] ?? 'plain';
}

/** Methods of responses that block. */
const RESPONSE_METHODS = ['submitForm', 'clickLink'];

/** Names under which k6's blocking functions are called; an object that is not k6's may have taken them over. */
export const BLOCKING_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(API).flatMap((functions) =>
    Object.keys(functions).filter((name) => functions[name] === 'blocking'),
  ),
  ...RESPONSE_METHODS,
]);

/** True for a method that blocks whatever it is called on: the language has none of that name. */
export function isResponseMethod(name: string): boolean {
  return RESPONSE_METHODS.includes(name);
}

/** Methods of the language, and `each` of k6's selections, that call their arguments back before they return, and can wait (see the prelude). */
export const CALLBACK_METHODS: ReadonlySet<string> = new Set([
  'each',
  'forEach',
  'map',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'flatMap',
  'reduce',
  'reduceRight',
  'from',
  'call',
  'apply',
]);

/** Methods of the language that call back, and cannot wait: what to write instead. */
export const STIFF_METHODS: Readonly<Record<string, string>> = {
  sort: 'fetch what is compared before, then sort',
  toSorted: 'fetch what is compared before, then sort',
  replace: 'fetch the replacements before, then replace',
  replaceAll: 'fetch the replacements before, then replace',
  stringify: 'fetch what is to be written before, then call JSON.stringify',
  parse: 'parse first, then fetch in a loop over the result',
};

/** Methods and functions whose callbacks run later, from the event loop. */
export const LATER: ReadonlySet<string> = new Set([
  'then',
  'catch',
  'finally',
  'setTimeout',
  'setInterval',
  'addEventListener',
]);
