import type { RandomStream } from '../../../random/stream.js';

/** 2^32. */
const WORD = 4_294_967_296;

/** A `uint64_t` in two words, so that a pick needs no `bigint`. */
export interface Hash64 {
  /** Upper half, 0 to 2^32 - 1. */
  readonly high: number;
  /** Lower half, 0 to 2^32 - 1. */
  readonly low: number;
}

/** The words of a value from 0 to 2^64 - 1. */
export function hash64Of(value: bigint): Hash64 {
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}

/** Envoy's `random()`: 64 uniform bits. */
export function drawHash64(stream: RandomStream): Hash64 {
  return { high: stream.next() * WORD, low: stream.next() * WORD };
}

/** `hash % divisor`, exact for divisors up to 2^26: no product leaves 2^53. */
export function modulo({ high, low }: Hash64, divisor: number): number {
  return ((high % divisor) * (WORD % divisor) + (low % divisor)) % divisor;
}

/** Envoy's `random() % divisor`, with its bias of less than divisor / 2^64. */
export function drawBelow(stream: RandomStream, divisor: number): number {
  return modulo(drawHash64(stream), divisor);
}
