import { goError } from './errors.js';
import { host } from './host.js';
import { fromJson, toJson } from './json.js';
import { tagValue } from './tags.js';
import { currentVu } from './vu.js';

/** An object whose members are asked of the host each time. */
function facts(group: string, names: readonly string[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const name of names) {
    Object.defineProperty(object, name, { get: () => fact(`${group}.${name}`), enumerable: true });
  }
  return object;
}

/** What may not be asked before the test runs, in k6's words. */
const NOT_YET: Readonly<Record<string, string>> = {
  scenario: 'getting scenario information outside of the VU context is not supported',
  vu: 'getting VU information in the init context is not supported',
  instance: 'getting instance information in the init context is not supported',
  test: 'getting test options in the init context is not supported',
};

function fact(name: string): unknown {
  if (currentVu().initialising) throw goError(NOT_YET[name.slice(0, name.indexOf('.'))]!);
  const text = host.execution(name);
  if (text.startsWith('!')) throw goError(text.slice(1));
  return text === '' ? undefined : fromJson(text);
}

type Texts = Record<string, string>;

/** Tags that can be set by assignment: `exec.vu.metrics.tags.page = 'home'`. */
function tagObject(
  read: () => Texts | undefined,
  write: (values: Texts | undefined) => void,
  own: () => Texts = () => ({}),
): object {
  const values = (): Texts => ({ ...own(), ...read() });
  return new Proxy(Object.create(null) as object, {
    get: (_target, key) => (typeof key === 'string' ? values()[key] : undefined),
    has: (_target, key) => Object.hasOwn(values(), key),
    set(_target, key, value) {
      try {
        write({ ...read(), [String(key)]: tagValue(String(key), value) });
      } catch (error) {
        throw new TypeError((error as Error).message);
      }
      return true;
    },
    deleteProperty(_target, key) {
      const { [String(key)]: _gone, ...rest } = read() ?? {};
      write(Object.keys(rest).length === 0 ? undefined : rest);
      return true;
    },
    ownKeys: () => Object.keys(values()),
    getOwnPropertyDescriptor(_target, key) {
      const value = values()[String(key)];
      return value === undefined
        ? undefined
        : { value, writable: true, enumerable: true, configurable: true };
    },
  });
}

/** k6's own tags show there too. */
function systemTags(): Texts {
  const scenario = host.execution('scenario.name');
  const { group } = currentVu();
  return scenario === '' || scenario.startsWith('!')
    ? { group }
    : { group, scenario: fromJson(scenario) as string };
}

const vuTags = tagObject(
  () => currentVu().tags,
  (tags) => {
    currentVu().tags = tags;
    host.tags(tags === undefined ? '' : toJson(tags));
  },
  systemTags,
);

const vuMetadata = tagObject(
  () => currentVu().metadata,
  (metadata) => {
    currentVu().metadata = metadata;
  },
);

/** k6's `exec.test.abort`: ends the test; nothing of the iteration goes on. */
function abort(message?: unknown): never {
  const text = message === undefined ? 'test aborted' : `test aborted: ${String(message)}`;
  const error = new Error(text);
  host.abort('abort', String(error.stack).replace(/^Error: /, ''));
  currentVu().aborted = true;
  throw error;
}

function failTest(message?: unknown): void {
  host.abort('fail', message === undefined ? '' : String(message));
}

/** Groups of facts that may not even be looked at in init code, or (`instance`) after the test. */
const groups = {
  scenario: facts('scenario', [
    'iterationInInstance',
    'iterationInTest',
    'name',
    'executor',
    'startTime',
    'progress',
  ]),
  vu: Object.defineProperties(
    facts('vu', ['idInInstance', 'idInTest', 'iterationInInstance', 'iterationInScenario']),
    {
      tags: { value: vuTags, enumerable: true },
      metrics: { value: Object.freeze({ tags: vuTags, metadata: vuMetadata }), enumerable: true },
    },
  ),
  instance: facts('instance', [
    'iterationsCompleted',
    'iterationsInterrupted',
    'vusActive',
    'vusInitialized',
    'currentTestRunDuration',
  ]),
};

function groupOf(name: keyof typeof groups): unknown {
  if (currentVu().initialising) throw goError(NOT_YET[name]!);
  if (name === 'instance') fact('instance.vusActive');
  return groups[name];
}

/** What `import exec from 'k6/execution'` gives. */
export const executionModule: Readonly<Record<string, unknown>> = {
  get scenario() {
    return groupOf('scenario');
  },
  get instance() {
    return groupOf('instance');
  },
  get vu() {
    return groupOf('vu');
  },
  test: Object.defineProperties(
    { abort, fail: failTest },
    { options: { get: () => frozen(fact('test.options')), enumerable: true } },
  ),
};

/** The value, and all below, made unchangeable. */
export function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) frozen((value as Record<string, unknown>)[key]);
  return Object.freeze(value);
}
