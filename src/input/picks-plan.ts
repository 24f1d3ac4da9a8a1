import type { PicksMode } from '../metrics/picks.js';
import { plainSubject, type Subject } from '../model/balancer.js';
import { InputError, type Mistake } from './error.js';
import { type BalancerWords, methodsOf, type PicksBalancer, readBalancer } from './picks-balancer.js';
import type { Files } from './source.js';

/** What a command line, or a test, says of a list of picks. */
export interface PicksWords extends BalancerWords {
  /** A hash key or a client's address per request. */
  readonly keys?: readonly string[] | undefined;
  readonly count?: number | undefined;
  readonly mode?: PicksMode | undefined;
}

/** A list of picks, checked: nothing is looked up any more. */
export interface PicksPlan extends PicksBalancer {
  /** One per request. */
  readonly subjects: readonly Subject[];
  /** The hash key of each request, where these were given. */
  readonly keys: readonly string[] | undefined;
  readonly mode: PicksMode;
}

/** Whole periods of a weighted sequence are listed, at least so many picks. */
const COUNT_MIN = 20;
/** A longer period is not listed whole. */
const PERIOD_MAX = 1000;

/**
 * Reads what was asked for.
 * @throws InputError with all mistakes; each is told at the option of the command line that makes it.
 */
export function planPicks(words: PicksWords, files: Files): PicksPlan {
  const { keys, mode = 'sequential' } = words;
  const balancer = readBalancer(words, files, { keys: keys === undefined ? 'none' : 'given' });
  if (keys === undefined) {
    const count = words.count ?? defaultCount(balancer.weights);
    return { ...balancer, subjects: Array.from({ length: count }, () => plainSubject({})), keys, mode };
  }
  const { keyed } = balancer.algorithm;
  if (keyed === undefined) throw new InputError([looksAtNoKey(balancer)]);
  if (keys.length === 0) {
    throw new InputError([{ file: '--keys', path: '', got: 'no line', expected: 'a key on each line' }]);
  }
  const used = Array.from({ length: words.count ?? keys.length }, (_, index) => keys[index % keys.length]!);
  return { ...balancer, subjects: used.map((key) => keyed.subject(key)), keys: used, mode };
}

function looksAtNoKey({ algorithm, product }: PicksBalancer): Mistake {
  const hashing = methodsOf(product).filter(({ keyed }) => keyed !== undefined);
  const words = hashing.map(({ word }) => word).join(', ');
  return {
    file: '--keys',
    path: '',
    got: `keys for ${algorithm.word}, which looks at none`,
    expected: words === '' ? `no keys: no algorithm of ${product.name} looks at any` : `one of ${words}`,
  };
}

/** The smallest number of whole periods with at least {@link COUNT_MIN} picks. */
function defaultCount(weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const divisor = weights.reduce(greatestDivisor, 0);
  const period = divisor === 0 ? 1 : total / divisor;
  return period > PERIOD_MAX ? COUNT_MIN : period * Math.ceil(COUNT_MIN / period);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
