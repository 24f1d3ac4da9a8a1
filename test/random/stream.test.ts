import { describe, expect, it } from 'vitest';
import {
  drawInt32,
  KeyedStream,
  purposeOf,
  RandomSource,
  type RandomStream,
} from '../../src/random/stream.js';

const BINS = 256;

/** Chi-square of counts against equal shares, as a number of standard deviations: (χ² - dof) / sqrt(2 dof). */
function excess(counts: ArrayLike<number>): number {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin += 1) total += counts[bin]!;
  const share = total / counts.length;
  let chiSquare = 0;
  for (let bin = 0; bin < counts.length; bin += 1) chiSquare += (counts[bin]! - share) ** 2 / share;
  const freedom = counts.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

/**
 * With 255 degrees of freedom χ² is nearly normal; beyond 4.5 standard deviations on the heavier upper side lies 3e-5
 * of it, beyond -4 less than 1e-5 (too even is as wrong as uneven).
 */
function expectEven(counts: ArrayLike<number>): void {
  expect(excess(counts)).toBeLessThan(4.5);
  expect(excess(counts)).toBeGreaterThan(-4);
}

function countsOf(values: Iterable<number>, bins = BINS): Uint32Array {
  const counts = new Uint32Array(bins);
  for (const value of values) counts[Math.floor(value * bins)]! += 1;
  return counts;
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [leftMean, rightMean] = [mean(left), mean(right)];
  let product = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (const [index, value] of left.entries()) {
    const other = right[index]! - rightMean;
    product += (value - leftMean) * other;
    leftSquares += (value - leftMean) ** 2;
    rightSquares += other * other;
  }
  return product / Math.sqrt(leftSquares * rightSquares);
}

const draws = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.next());

describe('a named stream', () => {
  it('is a function of seed and name, not of the order of forks', () => {
    const source = new RandomSource('430');
    const first = draws(source.fork('client').stream('vu/17'), 5);
    source.stream('another').next();
    expect(draws(new RandomSource('430').stream('client/vu/17'), 5)).toEqual(first);
    expect(draws(new RandomSource('431').stream('client/vu/17'), 5)).not.toEqual(first);
  });

  it('keeps its numbers from release to release', () => {
    expect(draws(new RandomSource('430').stream('client/vu/17'), 3)).toEqual([
      0.9952730005607009, 0.3165224357508123, 0.35340079688467085,
    ]);
  });

  it('refuses to be without a seed', () => {
    expect(() => new RandomSource('')).toThrow('needs a seed');
    expect(() => new RandomSource(undefined as unknown as string)).toThrow('needs a seed');
  });

  it('is uncorrelated with the stream of a neighbouring name', () => {
    // r of n independent pairs has a standard deviation of 1 / sqrt(n); 4.5 of them are left by 7e-6, 300 times tried.
    const source = new RandomSource('430');
    const count = 1000;
    let previous = draws(source.stream('client/vu/0'), count);
    for (let user = 1; user <= 300; user += 1) {
      const current = draws(source.stream(`client/vu/${user}`), count);
      expect(Math.abs(correlation(previous, current)) * Math.sqrt(count)).toBeLessThan(4.5);
      previous = current;
    }
  });

  it('has a first number as even over the names as any other', () => {
    const source = new RandomSource('430');
    const first: number[] = [];
    const second: number[] = [];
    for (let user = 0; user < 20_000; user += 1) {
      const stream = source.stream(`vu/${user}`);
      first.push(stream.next());
      second.push(stream.next());
    }
    expectEven(countsOf(first));
    expectEven(countsOf(second));
    const bound = 4.5 / Math.sqrt(20_000);
    expect(Math.abs(correlation(first, second))).toBeLessThan(bound);
    expect(Math.abs(correlation(first.slice(1), first.slice(0, -1)))).toBeLessThan(bound);
  });
});

describe('every stream', () => {
  const streams: [string, RandomStream][] = [
    ['named', new RandomSource('430').stream('double')],
    ['keyed', new KeyedStream().rekey(4, 3, 0)],
  ];

  it.each(streams)('%s: gives doubles from 0 to below 1, even to the last bits', (_, stream) => {
    const values = Array.from({ length: 100_000 }, () => stream.nextDouble());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expectEven(countsOf(values));
    // Bits 40 to 47: below the 32 of next(), above the last of a double of any size.
    expectEven(countsOf(values.map((value) => (value * 2 ** 40) % 1)));
  });

  it.each(streams)('%s: gives multiples of 2^-32, and keys of all 32 bits', (_, stream) => {
    const values = draws(stream, 10_000);
    expect(values.every((value) => Number.isInteger(value * 2 ** 32) && value >= 0 && value < 1)).toBe(true);
    const keys = Array.from({ length: 50_000 }, () => drawInt32(stream));
    expect(keys.every((key) => Number.isInteger(key) && key === (key | 0))).toBe(true);
    expectEven(countsOf(keys.map((key) => (key & 255) / 256)));
    expectEven(countsOf(keys.map((key) => (key >>> 24) / 256)));
  });
});

describe('a keyed stream', () => {
  const COUNT = 65_536;
  const sequences: [string, (index: number) => [number, number, number]][] = [
    ['keys that count up', (index) => [1, index, 7]],
    ['upper keys that count up', (index) => [index, 1, 7]],
    ['purposes that count up', (index) => [1, 2, index]],
    ['keys in steps of 2^16', (index) => [0, index << 16, 0]],
    ['keys that count up in either half', (index) => [index & 1 ? 0 : index, index & 1 ? index : 0, 0]],
  ];

  function firstNumbers(keysOf: (index: number) => [number, number, number], skip: number): number[] {
    const stream = new KeyedStream();
    return Array.from({ length: COUNT }, (_, index) => {
      stream.rekey(...keysOf(index));
      for (let draw = 0; draw < skip; draw += 1) stream.next();
      return stream.next();
    });
  }

  it.each(sequences)('is even and uncorrelated over %s', (_, keysOf) => {
    for (const skip of [0, 1, 2]) {
      const values = firstNumbers(keysOf, skip);
      expectEven(countsOf(values));
      expectEven(countsOf(values.map((value) => (value * 2 ** 24) % 1)));
      expectEven(countsOf(values.slice(1).map((value, index) => pair(values[index]!, value))));
      const bound = 4.5 / Math.sqrt(COUNT);
      expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(bound);
    }
  });

  /** The cell of two numbers in a square of 16 by 16, as a number from 0 to below 1. */
  function pair(left: number, right: number): number {
    return (Math.floor(left * 16) * 16 + Math.floor(right * 16)) / 256;
  }

  it('changes half of its bits with any bit of its key', () => {
    // Each of 32 output bits flips with probability 1/2: over 400 keys the share has a standard deviation of
    // 1 / (2 sqrt(12800)); 5 of them are left by 6e-7, 96 times tried.
    const stream = new KeyedStream();
    for (let bit = 0; bit < 96; bit += 1) {
      let flips = 0;
      for (let key = 0; key < 400; key += 1) {
        const words: [number, number, number] = [key * 7919, key, purposeOf(`step/${key & 7}`)];
        const before = stream.rekey(...words).nextInt32();
        words[bit >>> 5]! ^= 1 << (bit & 31);
        flips += onesOf(before ^ stream.rekey(...words).nextInt32());
      }
      expect(Math.abs(flips / 12_800 - 0.5), `bit ${bit}`).toBeLessThan(5 / (2 * Math.sqrt(12_800)));
    }
  });

  function onesOf(word: number): number {
    let ones = 0;
    for (let rest = word >>> 0; rest !== 0; rest >>>= 1) ones += rest & 1;
    return ones;
  }

  it('forgets what it was keyed with before', () => {
    const stream = new KeyedStream().rekey(1, 2, 3);
    const expected = draws(stream, 4);
    stream.rekey(9, 9, 9).next();
    expect(draws(stream.rekey(1, 2, 3), 4)).toEqual(expected);
  });

  it('keeps its numbers from release to release', () => {
    const stream = new KeyedStream().rekey(0x12345678, -1, purposeOf('link/client-balancer'));
    expect([stream.nextInt32(), stream.nextInt32(), stream.nextInt32()]).toEqual([
      -349370052, -1624443955, 708871691,
    ]);
  });
});

describe('purposeOf', () => {
  it('is FNV-1a', () => {
    // The published test vectors of the 32-bit hash: "", "a", "foobar".
    expect(['', 'a', 'foobar'].map((name) => purposeOf(name) >>> 0)).toEqual([
      0x811c9dc5, 0xe40c292c, 0xbf9cf968,
    ]);
  });
});
