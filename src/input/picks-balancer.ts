import { type AlgorithmChoice, maybeAlgorithm } from '../model/algorithm-field.js';
import type { AlgorithmPlug, HostAddress, ProductPlug } from '../model/balancer.js';
import { balancers } from '../model/balancers/index.js';
import { check, type FieldIssue, keysOf } from '../options/fields.js';
import { products } from './catalogues.js';
import { InputError, type Mistake, nameHint } from './error.js';
import { findingsOf } from './issues.js';
import { isMapping, type Mapping } from './mapping.js';
import type { Finding } from './origin.js';
import { formatPath, type Path, PathError, parsePath, setPath, startsWith } from './path.js';
import { checkNames, namedHosts, readHosts, readWeights, weightsOf } from './picks-hosts.js';
import { type BalancerBase, baseOfModel } from './picks-model.js';
import { type Files, memoryFiles, readSource } from './source.js';
import { parseYaml } from './yaml.js';

/** What a command line says of a balancer and its hosts. */
export interface BalancerWords {
  readonly product?: string | undefined;
  /** A model's file, whose balancer and instances are meant. */
  readonly model?: string | undefined;
  /** The product's own text, or a YAML flow mapping: `hash $arg_k consistent`, `{ hash: { key: $arg_k } }`. */
  readonly algorithm?: string | undefined;
  /** `5,1,1` */
  readonly weights?: string | undefined;
  /** `a=127.0.0.1:8001,127.0.0.1:8002` */
  readonly hosts?: string | undefined;
  /** `KEY=VALUE`, each another option of the product. */
  readonly set?: readonly string[] | undefined;
  readonly seed?: string | undefined;
}

/** A balancer and its hosts, checked. */
export interface PicksBalancer {
  readonly product: ProductPlug;
  /** The product's checked options. */
  readonly options: unknown;
  readonly algorithm: AlgorithmPlug;
  /** In configuration order. */
  readonly hosts: readonly HostAddress[];
  /** One per host: what its share should be in proportion to. */
  readonly weights: readonly number[];
  /** Of the balancer's host. */
  readonly cores: number;
  readonly seed: string;
}

/** What else is known: a balancer to start from, and whether requests will bring keys. */
export interface BalancerSetting {
  readonly base?: BalancerBase | undefined;
  readonly keys: 'given' | 'none';
}

/** Seed of an experiment that names none. */
const SEED_DEFAULT = '1';
/** Cores of a host that nobody describes. */
const CORES_DEFAULT = 1;

/** An option of the product that the command line sets, and the words that set it. */
interface Layer {
  readonly path: Path;
  readonly value: unknown;
  readonly place: string;
}

/** The algorithms of a product. */
export function methodsOf(product: ProductPlug): readonly AlgorithmPlug[] {
  return balancers.filter((plug) => plug.product === product.name);
}

/** The server parameter that is a weight; `undefined` where the product knows none. */
export function weightKeyOf({ weightKey = 'weight', serverParameters }: ProductPlug): string | undefined {
  return keysOf(serverParameters)?.includes(weightKey) === true ? weightKey : undefined;
}

/**
 * Reads a balancer from a command line, over the one of a model where it names one.
 * @throws InputError with all mistakes; each is told at the option of the command line that makes it.
 */
export function readBalancer(words: BalancerWords, files: Files, setting: BalancerSetting): PicksBalancer {
  const base = setting.base ?? (words.model === undefined ? undefined : baseOfModel(words.model, files));
  const mistakes: Mistake[] = [];
  const product = findProduct(words, base, mistakes);
  const given = readHosts(words.hosts, mistakes);
  const weights = readWeights(words.weights, mistakes);
  const hosts = namedHosts(given, base?.hosts ?? [], weights);
  checkNames(hosts, mistakes);
  const layers = readSettings(words, mistakes);
  if (product === undefined) throw new InputError(mistakes);
  layers.push(...weightLayers(product, hosts, weights, mistakes));
  const written = { ...freeCpu(product, base), ...base?.options };
  const value = withKeys(applyLayers(written, layers, mistakes), product, setting);
  const result = check(product.options, value);
  if (!result.ok) mistakes.push(...tellIssues(result.issues, layers, { product, base }));
  if (mistakes.length > 0 || !result.ok) throw new InputError(mistakes);
  const { algorithm } = result.value as { readonly algorithm: AlgorithmChoice };
  return {
    product,
    options: result.value,
    algorithm: balancers.find((plug) => plug.name === algorithm.name) as AlgorithmPlug,
    hosts,
    weights: weightsOf(result.value, hosts, weightKeyOf(product) ?? ''),
    cores: base?.cores ?? CORES_DEFAULT,
    seed: words.seed ?? SEED_DEFAULT,
  };
}

function findProduct(
  words: BalancerWords,
  base: BalancerBase | undefined,
  mistakes: Mistake[],
): ProductPlug | undefined {
  const name = words.product ?? base?.product;
  const names = products.map((plug) => plug.name);
  const product = products.find((plug) => plug.name === name);
  const told = { file: '--product', path: '' };
  if (name === undefined) {
    mistakes.push({ ...told, got: 'nothing', expected: `one of ${names.join(', ')}, or a --model` });
  } else if (product === undefined) {
    const expected = `one of ${names.join(', ')}`;
    mistakes.push({ ...told, got: JSON.stringify(name), expected, ...hinted(nameHint(name, names)) });
  } else if (base?.product !== undefined && name !== base.product) {
    mistakes.push({ ...told, got: name, expected: `${base.product}, as ${base.file} has it` });
  }
  return product as ProductPlug | undefined;
}

function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** `--algorithm` and every `--set`. */
function readSettings(words: BalancerWords, mistakes: Mistake[]): Layer[] {
  const layers: Layer[] = [];
  const { algorithm } = words;
  if (algorithm !== undefined) {
    const place = '--algorithm';
    const isYaml = /^\s*\{/.test(algorithm);
    const value = isYaml ? readValue(algorithm, place, mistakes) : algorithm;
    layers.push({ path: ['algorithm'], value, place });
  }
  for (const text of words.set ?? []) {
    const place = `--set ${text}`;
    const equals = text.indexOf('=');
    const path = equals < 0 ? undefined : parsePath(text.slice(0, equals));
    if (path === undefined) {
      mistakes.push({ file: place, path: '', got: JSON.stringify(text), expected: 'KEY=VALUE' });
      continue;
    }
    layers.push({ path, value: readValue(text.slice(equals + 1), place, mistakes), place });
  }
  return layers.filter(({ value }) => value !== undefined);
}

/** A value in YAML, nothing at all being an empty text; `undefined` where that was told to be wrong. */
function readValue(text: string, place: string, mistakes: Mistake[]): unknown {
  if (text.trim() === '') return '';
  try {
    return parseYaml(readSource(memoryFiles({ [place]: text }), place)).value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  }
}

function weightLayers(
  product: ProductPlug,
  hosts: readonly HostAddress[],
  weights: readonly number[],
  mistakes: Mistake[],
): Layer[] {
  if (weights.length === 0) return [];
  const key = weightKeyOf(product);
  if (key === undefined) {
    const got = `weights for ${product.name}, which knows none`;
    mistakes.push({ file: '--weights', path: '', got, expected: 'a product with weights' });
    return [];
  }
  return weights.flatMap((value, index) => {
    const { service, name } = hosts[index]!;
    if (Number.isNaN(value)) return [];
    return [{ path: ['upstream', service, 'servers', name, key], value, place: '--weights' }];
  });
}

/** The balancer's own CPU only blurs the clock of a list of picks, unless a model says what it needs. */
function freeCpu(product: ProductPlug, base: BalancerBase | undefined): Mapping {
  const hasCpu = keysOf(product.options)?.includes('cpu') === true;
  return hasCpu && base?.kind !== 'model' ? { cpu: '0s' } : {};
}

function applyLayers(written: Mapping, layers: readonly Layer[], mistakes: Mistake[]): Mapping {
  let value: unknown = written;
  for (const { path, value: part, place } of layers) {
    try {
      value = setPath(value, path, part);
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      const got = `${formatPath(error.prefix)}, which is none`;
      mistakes.push({ file: place, path: formatPath(path), got, expected: error.expected });
    }
  }
  return value as Mapping;
}

/**
 * An algorithm that hashes gets the options under which it looks at a bare key: where keys are given they are what it hashes,
 * whatever its own options say; where none are, they stand in for what is missing.
 */
function withKeys(value: Mapping, product: ProductPlug, { keys }: BalancerSetting): Mapping {
  const written = maybeAlgorithm<AlgorithmPlug>(value.algorithm, methodsOf(product));
  const keyed = written?.plug.keyed;
  if (written === undefined || keyed === undefined) return value;
  const own = isMapping(written.options) ? written.options : {};
  const bare = isMapping(keyed.options) ? keyed.options : {};
  const options = keys === 'given' ? { ...own, ...bare } : { ...bare, ...own };
  return { ...value, algorithm: { [written.plug.word]: options } };
}

interface Told {
  readonly product: ProductPlug;
  readonly base: BalancerBase | undefined;
}

/** The mistakes of the product's own check, each at what set the value, or else at the file it stands in. */
function tellIssues(
  issues: readonly FieldIssue[],
  layers: readonly Layer[],
  { product, base }: Told,
): Mistake[] {
  return findingsOf(issues).map((finding) => {
    const { path, aboutKey, got, expected, hint } = finding;
    const full = aboutKey === undefined ? path : [...path, aboutKey];
    const layer =
      layers.findLast((each) => startsWith(full, each.path)) ??
      layers.findLast((each) => startsWith(each.path, full));
    const place = layer === undefined && base !== undefined ? base.locate(finding as Finding) : undefined;
    if (place !== undefined) return { ...place, got, expected, ...hinted(hint) };
    const file = layer?.place ?? `--product ${product.name}`;
    const isWhole = layer?.place === '--algorithm' && full.length === 1;
    return { file, path: isWhole ? '' : formatPath(full), got, expected, ...hinted(hint) };
  });
}
