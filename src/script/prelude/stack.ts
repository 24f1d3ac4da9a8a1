import { host } from './host.js';
import { inSobeksWords } from './sobek.js';

/** A frame as the engine hands it to `prepareStackTrace`. */
interface CallSite {
  getFileName(): unknown;
  getLineNumber(): unknown;
  getColumnNumber(): unknown;
  getFunctionName(): unknown;
}

/** Frames that are kept of a stack. */
const FRAMES_MAX = 64;

/** What k6's own functions are called in its stack traces. */
const GO_NAMES: Readonly<Record<string, string>> = {
  group: 'go.k6.io/k6/internal/js/modules/k6.(*K6).Group-fm',
  check: 'go.k6.io/k6/internal/js/modules/k6.(*K6).Check-fm',
  fail: 'go.k6.io/k6/internal/js/modules/k6.(*K6).Fail-fm',
  openFile: 'go.k6.io/k6/internal/js.(*Bundle).setInitGlobals.func3',
  submitForm: 'reflect.methodValueCall',
  clickLink: 'reflect.methodValueCall',
};

const HTTP = 'go.k6.io/k6/js/modules/k6/http';
const VERB = `${HTTP}.(*RootModule).NewModuleInstance`;

/** The same for functions of `k6/http`, which are not on the stack when their request is over. */
const GO_HTTP_NAMES: Readonly<Record<string, string>> = {
  get: `${VERB}.func2`,
  head: `${VERB}.func3`,
  post: `${VERB}.(*Client).getMethodClosure.func4`,
  put: `${VERB}.(*Client).getMethodClosure.func5`,
  patch: `${VERB}.(*Client).getMethodClosure.func6`,
  del: `${VERB}.(*Client).getMethodClosure.func7`,
  options: `${VERB}.(*Client).getMethodClosure.func8`,
  request: `${HTTP}.(*Client).Request-fm`,
  batch: `${HTTP}.(*Client).Batch-fm`,
};

/** Puts k6's function of that name on top of an error's stack. */
export function thrownBy<Thrown extends Error>(name: string, error: Thrown): Thrown {
  const goName = GO_HTTP_NAMES[name];
  const { stack } = error;
  if (goName === undefined || stack === undefined) return error;
  const head = `${error.name}: ${error.message}`;
  const value = `${head}\n\tat ${goName} (native)${stack.slice(head.length)}`;
  return Object.defineProperty(error, 'stack', { value, configurable: true, writable: true });
}

/** Methods of the language that call back, and show in stack traces. */
const CALLING: ReadonlySet<string> = new Set(
  (
    'forEach map filter some every find findIndex findLast findLastIndex flatMap reduce reduceRight from sort toSorted ' +
    'replace replaceAll parse stringify'
  ).split(' '),
);

/** What stack traces call the prelude itself. */
const PRELUDE = 'k6:prelude';

/** `TypeError: text`, whatever a script has made of the error. */
function headOf(error: unknown): string {
  try {
    inSobeksWords(error);
    const { name, message } = error as { name?: unknown; message?: unknown };
    const shownName = name === undefined ? 'Error' : String(name);
    const shownMessage = message === undefined ? '' : String(message);
    if (shownName === '') return shownMessage;
    return shownMessage === '' ? shownName : `${shownName}: ${shownMessage}`;
  } catch {
    return 'Error';
  }
}

function frameText(site: CallSite): string {
  const file = site.getFileName();
  const name = site.getFunctionName();
  if (file === PRELUDE || typeof file !== 'string') {
    if (typeof name !== 'string') return '';
    if (Object.hasOwn(GO_NAMES, name)) return `${GO_NAMES[name]!} (native)`;
    return CALLING.has(name) ? `${name} (native)` : '';
  }
  return host.place(file, site.getLineNumber() as number, site.getColumnNumber() as number);
}

/** Writes stacks as k6 does, with places in the script as it was written; nothing of the host shows. */
function prepareStackTrace(error: unknown, sites: readonly CallSite[]): string {
  let text = headOf(error);
  let last = '';
  for (let index = 0; index < sites.length; index++) {
    const frame = frameText(sites[index]!);
    // A callback of a native function is one frame in k6, and up to three here.
    if (frame === '' || (frame === last && frame.endsWith('(native)'))) continue;
    text += `\n\tat ${frame}`;
    last = frame;
  }
  return `${text}\n`;
}

/** Makes stacks the realm's own business: a script can neither see the engine's frames nor change how they are shown. */
export function installStacks(): void {
  const fixed = { writable: false, configurable: false, enumerable: false };
  Object.defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace, ...fixed });
  Object.defineProperty(Error, 'stackTraceLimit', { value: FRAMES_MAX, ...fixed });
}
