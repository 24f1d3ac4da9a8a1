import { GO_STATE } from './go-random-table.js';

const LENGTH = 607;
const TAP = 273;
const MASK = (1n << 63n) - 1n;
const WORD = (1n << 64n) - 1n;
const SEED_MODULUS = 2147483647;

/** Go's seed sequence: x[n+1] = 48271 * x[n] mod (2^31 - 1), by Schrage's method (math/rand/rng.go, seedrand). */
function nextSeed(seed: number): number {
  const high = Math.trunc(seed / 44488);
  const low = seed % 44488;
  const next = 48271 * low - 3399 * high;
  return next < 0 ? next + SEED_MODULUS : next;
}

/** Go's math/rand source (additive lagged Fibonacci, 607 words): what k6's `randomSeed` makes of `Math.random`. */
class GoSource {
  private tap = 0;
  private feed = LENGTH - TAP;
  private readonly words: bigint[] = [];

  constructor(seed: number) {
    let x = Number(BigInt.asIntN(64, BigInt(Math.trunc(seed))) % BigInt(SEED_MODULUS));
    if (x < 0) x += SEED_MODULUS;
    if (x === 0) x = 89482311;
    for (let index = -20; index < LENGTH; index++) {
      x = nextSeed(x);
      if (index < 0) continue;
      let word = BigInt(x) << 40n;
      x = nextSeed(x);
      word ^= BigInt(x) << 20n;
      x = nextSeed(x);
      word ^= BigInt(x);
      this.words.push((word ^ BigInt(`0x${GO_STATE.slice(index * 16, index * 16 + 16)}`)) & WORD);
    }
  }

  /** Go's `Float64`: again where it would round to 1. */
  next(): number {
    for (;;) {
      const value = Number(this.int63()) / 2 ** 63;
      if (value !== 1) return value;
    }
  }

  private int63(): bigint {
    this.tap = this.tap === 0 ? LENGTH - 1 : this.tap - 1;
    this.feed = this.feed === 0 ? LENGTH - 1 : this.feed - 1;
    const word = (this.words[this.feed]! + this.words[this.tap]!) & WORD;
    this.words[this.feed] = word;
    return word & MASK;
  }
}

/** Random numbers of one virtual user: sfc32 (Doty-Humphrey, PractRand) by the run's seed, until `randomSeed` asks for Go's. */
export class RandomNumbers {
  private a: number;
  private b: number;
  private c = 0;
  private counter = 1;
  private source: GoSource | undefined = undefined;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = (seed / 0x100000000) | 0;
    for (let round = 0; round < 12; round++) this.next32();
  }

  /** k6's `randomSeed`. */
  reseed(seed: number): void {
    this.source = new GoSource(seed);
  }

  /** From 0 to below 1. */
  next(): number {
    if (this.source !== undefined) return this.source.next();
    const high = this.next32() >>> 6;
    const low = this.next32() >>> 5;
    return (high * 0x8000000 + low) / 0x20000000000000;
  }

  /** An integer of 32 bits. */
  next32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t;
  }
}
