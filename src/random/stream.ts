import seedrandom from 'seedrandom';

/** A source of uniform numbers. Samplers draw from nothing else. */
export interface RandomStream {
  /** Uniform on [0, 1), a multiple of 2^-32: 0 is possible, 1 is not. */
  next(): number;
  /** Uniform on [0, 1) with 53 bits, for far tails. */
  nextDouble(): number;
}

/**
 * The root of all randomness of one run. Streams are forked by *name* (`client/vu/17/think`), never by order of
 * creation: adding a component changes nobody else's numbers, and two variants under one seed see the same ones.
 */
export class RandomSource {
  /**
   * @param seed the run's seed; a missing one is refused, because the library would silently take entropy instead.
   * @param path names of the forks on the way here.
   */
  constructor(
    readonly seed: string,
    readonly path: string = '',
  ) {
    if (typeof seed !== 'string' || seed === '') throw new TypeError('a random source needs a seed');
  }

  /** The source of a part: `source.fork('client').fork('vu/17')` = `source.fork('client/vu/17')`. */
  fork(name: string): RandomSource {
    return new RandomSource(this.seed, this.path === '' ? name : `${this.path}/${name}`);
  }

  /** The stream of one purpose. The same name gives the same numbers again. About 5 µs. */
  stream(name: string): RandomStream {
    return new AleaStream(`${this.seed}/${this.fork(name).path}`);
  }
}

/**
 * `seedrandom.alea`: 5 ns a draw, independent for neighbouring names (the library's xor128, xorshift7 and xorwow are
 * not: neighbouring seeds correlate).
 */
class AleaStream implements RandomStream {
  private readonly prng: seedrandom.PRNG;

  constructor(key: string) {
    this.prng = seedrandom.alea(key);
  }

  next(): number {
    return this.prng();
  }

  nextDouble(): number {
    return this.prng.double();
  }
}

/**
 * A stream that is re-keyed for each use and costs no allocation: what request 4711 draws at step 2 is a function of
 * (the request's key, the step's name) alone. Thus a policy, a retry or a queue changes *when* a demand is served, never
 * *which* demand: variants compared under one seed see the same work (common random numbers).
 *
 * sfc32 (Chris Doty-Humphrey's Small Fast Counter, PractRand), seeded with three words and mixed for 8 rounds.
 */
export class KeyedStream implements RandomStream {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Starts the stream of (key, purpose). `keyHigh`, `keyLow` and `purpose` are 32-bit integers. */
  rekey(keyHigh: number, keyLow: number, purpose: number): this {
    this.a = keyHigh | 0;
    this.b = keyLow | 0;
    this.c = purpose | 0;
    this.counter = 1;
    for (let round = 0; round < 8; round += 1) this.nextInt32();
    return this;
  }

  next(): number {
    return (this.nextInt32() >>> 0) * 2.3283064365386963e-10;
  }

  nextDouble(): number {
    return this.next() + (this.nextInt32() >>> 11) * 1.1102230246251565e-16;
  }

  /** 32 uniform bits as a signed integer. */
  nextInt32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return sum;
  }
}

/** A 32-bit hash of a name (FNV-1a), for the `purpose` of a {@link KeyedStream}. */
export function purposeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}

/** 32 uniform bits of a stream, as a signed integer: for keys. */
export function drawInt32(stream: RandomStream): number {
  return (stream.next() * 4294967296) | 0;
}
