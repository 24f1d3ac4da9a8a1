import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalHash, canonicalJson } from '../../src/input/canonical.js';
import { formatPath, PathError, parsePath, setPath } from '../../src/input/path.js';
import { sha256 } from '../../src/input/sha256.js';
import {
  brief,
  EXPERIMENT,
  EXPERIMENT_FILE,
  edit,
  filesWith,
  load,
  MODEL,
  MODEL_FILE,
  mistakesOf,
} from './fixture.js';

/** Fixed, as every seed of a test. */
const OPTIONS = { numRuns: 200, seed: 430 };

describe('sha256', () => {
  // Every length around the two block borders, where padding goes wrong.
  test.prop([fc.uint8Array({ maxLength: 200 })], OPTIONS)('is what the system says', (bytes) => {
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

describe('canonical JSON', () => {
  it('sorts keys, leaves out what is undefined, and writes Infinity', () => {
    const value = { b: 1, a: [{ d: Number.POSITIVE_INFINITY, c: undefined }] };
    expect(canonicalJson(value)).toBe('{"a":[{"d":"Infinity"}],"b":1}');
    expect(canonicalHash(value)).toBe(canonicalHash({ a: [{ d: Number.POSITIVE_INFINITY }], b: 1 }));
  });
});

describe('paths', () => {
  const segment = fc.oneof(fc.string({ minLength: 1 }), fc.nat(99));
  const path = fc
    .tuple(fc.string({ minLength: 1 }), fc.array(segment))
    .map(([first, rest]) => [first, ...rest]);

  test.prop([path], OPTIONS)('are read as they are written', (segments) => {
    const parsed = parsePath(formatPath(segments));
    expect(parsed).toEqual(segments);
  });

  it.each([
    ['services.api.replicas', ['services', 'api', 'replicas']],
    ['services.api.routes."GET /x"[0].cpu', ['services', 'api', 'routes', 'GET /x', 0, 'cpu']],
    ["a.'b.c'", ['a', 'b.c']],
  ])('%s', (text, segments) => {
    expect(parsePath(text)).toEqual(segments);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[x]', 'a"b"', 'a[0', '"a'])('%j is none', (text) => {
    expect(parsePath(text)).toBeUndefined();
  });

  it('set a value in a copy, and make mappings on the way', () => {
    const root = { a: [{ b: 1 }] };
    expect(setPath(root, ['a', 0, 'c', 'd'], 2)).toEqual({ a: [{ b: 1, c: { d: 2 } }] });
    expect(root).toEqual({ a: [{ b: 1 }] });
    expect(() => setPath(root, ['a', 1], 2)).toThrow(PathError);
    expect(() => setPath(root, ['a', 0, 'b', 'c'], 2)).toThrow(PathError);
    expect(Object.hasOwn(setPath({}, ['__proto__', 'x'], 1) as object, '__proto__')).toBe(true);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('vary', () => {
  const withVary = (vary: string) =>
    filesWith({
      [EXPERIMENT_FILE]: edit(
        edit(
          EXPERIMENT,
          EXPERIMENT.slice(EXPERIMENT.indexOf('vary:'), EXPERIMENT.indexOf('thresholds:')),
          vary,
        ),
        EXPERIMENT.slice(EXPERIMENT.indexOf('measured:')),
        '',
      ),
    });
  const labels = (vary: string) => load(withVary(vary)).variants.map((variant) => variant.label);

  it('is all combinations, the last path varying fastest, and without it one variant', () => {
    expect(labels('')).toEqual(['ramp']);
    expect(
      labels('vary: { services.api.replicas: [2, 3], balancer.algorithm: [ip_hash, least_conn] }\n'),
    ).toEqual([
      'algorithm=ip_hash, replicas=2',
      'algorithm=ip_hash, replicas=3',
      'algorithm=least_conn, replicas=2',
      'algorithm=least_conn, replicas=3',
    ]);
  });

  it('is a list of combinations in their order, each once', () => {
    const path = 'services.api.replicas';
    expect(labels(`vary: [{ ${path}: 3, seed: 1 }, { ${path}: 2 }]\n`)).toEqual([
      'seed=1, replicas=3',
      'replicas=2',
    ]);
    expect(mistakesOf(() => labels(`vary: { ${path}: [2, 3, 2] }\n`)).map(brief)).toEqual([
      `experiments/ramp.yaml:14:39 vary."${path}"[2]: got the variant "replicas=2" a second time, expected each variant once`,
    ]);
  });

  it('reaches routes, places that are told apart by more than their last key, and other model files', () => {
    const step = 'services.stock.routes."GET /stock".steps[0].wait';
    const loaded = load(withVary(`vary: { '${step}': [1ms, 2ms] }\n`));
    const waits = loaded.variants.map(
      ({ experiment }) => experiment.model.services.stock!.routes['GET /stock']!.steps,
    );
    expect(waits).toMatchObject([
      [{ options: { wait: { options: { value: 1e6 } } } }],
      [{ options: { wait: { options: { value: 2e6 } } } }],
    ]);
    expect(
      labels('vary: { services.api.cpus: [0.5, 1], services.stock.cpus: [1, 2] }\n').slice(0, 2),
    ).toEqual(['api.cpus=0.5, stock.cpus=1', 'api.cpus=0.5, stock.cpus=2']);
    expect(labels('vary: { model: [../models/api.yaml] }\n')).toEqual(['ramp']);
  });

  it('names whole mappings by what they are, and by what tells those alike apart', () => {
    const balancers = [
      '{ product: ideal, algorithm: jsq }',
      '{ product: ideal, algorithm: jsq, dispatchers: 4 }',
      '{ product: ideal, algorithm: { jsq_d: { d: 3 } } }',
      '{ product: nginx, algorithm: least_conn, worker_connections: 4096 }',
    ];
    expect(labels(`vary: { balancer: [${balancers.join(', ')}] }\n`)).toEqual([
      'balancer=ideal jsq',
      'balancer=ideal jsq dispatchers=4',
      'balancer=ideal jsq_d d=3',
      'balancer=nginx least_conn',
    ]);
    expect(labels('vary: { services.api.server: [uvicorn, { kind: uvicorn, threads: 2 }] }\n')).toEqual([
      'server=uvicorn',
      'server=uvicorn threads=2',
    ]);
    expect(labels('vary: { services.api.server: [uvicorn, { kind: uvicorn }] }\n')).toEqual([
      'server="uvicorn"',
      'server={"kind":"uvicorn"}',
    ]);
    const cpus = '[{ exponential: 1ms }, { lognormal: { mean: 1ms, cv: 2 } }, 3ms]';
    expect(labels(`vary: { balancer.cpu: ${cpus} }\n`)).toEqual([
      'cpu=exponential=1ms',
      'cpu=lognormal cv=2 mean=1ms',
      'cpu=3ms',
    ]);
  });

  it('leaves out of the labels what is the same everywhere, but keeps it in the assignments', () => {
    const fixed = 'services.api.cpus: [0.5], services.api.mem_limit: [512m]';
    expect(labels(`vary: { services.api.replicas: [2, 3], ${fixed} }\n`)).toEqual([
      'replicas=2',
      'replicas=3',
    ]);
    const { variants } = load(withVary(`vary: { services.api.replicas: [2], ${fixed} }\n`));
    expect(variants).toMatchObject([
      {
        label: 'ramp',
        assignments: {
          'services.api.replicas': 2,
          'services.api.cpus': 0.5,
          'services.api.mem_limit': '512m',
        },
      },
    ]);
    // A path that is missing somewhere tells variants apart; so does being without any.
    const listed =
      '[{ seed: 1, services.api.cpus: 0.5 }, { seed: 1, services.api.cpus: 0.5, services.api.replicas: 3 }, {}]';
    expect(labels(`vary: ${listed}\n`)).toEqual(['seed=1, cpus=0.5', 'seed=1, cpus=0.5, replicas=3', 'ramp']);
    expect(labels('vary: [{ seed: 1 }, { seed: 1, services.api.replicas: 3 }]\n')).toEqual([
      'seed=1',
      'replicas=3',
    ]);
    expect(mistakesOf(() => labels('vary: [{ seed: 1 }, { seed: 1 }]\n'))[0]).toMatchObject({
      got: 'the variant "seed=1" a second time',
    });
  });

  it('is refused beyond ten thousand variants', () => {
    const many = `[${Array.from({ length: 101 }, (_, index) => index + 2).join(', ')}]`;
    const found = mistakesOf(() => labels(`vary: { services.api.replicas: ${many}, seed: ${many} }\n`));
    expect(found[0]).toMatchObject({ got: '10201 variants', expected: 'at most 10000 variants' });
  });
});

describe('the hash of the inputs', () => {
  const hashWith = (contents: Record<string, string>) => load(filesWith(contents)).inputsHash;

  it('does not see comments, spelling of units and where the model stands, but every value', () => {
    const hash = hashWith({});
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(hashWith({ [EXPERIMENT_FILE]: `# why\n${EXPERIMENT.replace('1m,', '60s,')}` })).toBe(hash);
    const inline = EXPERIMENT.replace('../models/api.yaml', `\n${MODEL.replace(/^/gm, '  ').trimEnd()}`);
    expect(hashWith({ [EXPERIMENT_FILE]: inline })).toBe(hash);
    expect(hashWith({ [MODEL_FILE]: MODEL.replace('0.9ms', '0.8ms') })).not.toBe(hash);
  });
});

describe('a data file', () => {
  const files = (from: string, data: string) =>
    filesWith({
      [MODEL_FILE]: edit(MODEL, '{ lognormal: { mean: 0.9ms, cv: 0.3 } }', `{ empirical: ${from} }`),
      'models/times.csv': data,
    });
  const DATA = 'n,duration\n1,0.5\n2,1.5\n\n';
  const WHERE = 'models/api.yaml:24:';
  const PATH = 'services.api.routes."GET /api/produits"[0].cpu.empirical';

  it('is read beside the file that names it', () => {
    const loaded = load(files('{ file: times.csv, column: duration, unit: ms }', DATA));
    const written = load(files('{ values: [0.5ms, 1.5ms] }', DATA));
    expect(loaded.inputsHash).toBe(written.inputsHash);
  });

  it.each([
    [
      '{ file: tmes.csv }',
      DATA,
      `${WHERE}37 ${PATH}.file: got "models/tmes.csv", which does not exist, expected a file; did you mean "times.csv"?`,
    ],
    [
      '{ file: times.csv, column: duratoin, unit: ms }',
      DATA,
      `${WHERE}56 ${PATH}.column: got "duratoin", expected a column of times.csv; did you mean "duration"?`,
    ],
    [
      '{ file: times.csv, column: n, unit: mss }',
      DATA,
      `${WHERE}65 ${PATH}.unit: got "mss", expected one of …; did you mean "ms"?`,
    ],
    [
      '{ file: times.csv, column: n }',
      DATA,
      `${WHERE}29 ${PATH}.values[0]: got 1, expected a duration like 250ms, 60s or 1m30s; write the unit: 1ms or 1s`,
    ],
    [
      '{ file: times.csv, column: n, unit: ms }',
      'n,d\n1,2\nx,3\n',
      'models/times.csv:3:1: got "x", expected a number',
    ],
  ])('with a mistake is told once: %s', (from, data, told) => {
    expect(mistakesOf(() => load(files(from, data))).map(brief)).toEqual([told]);
  });
});
