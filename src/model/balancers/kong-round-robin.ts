import { record } from '../../options/fields.js';
import { KeyedStream, type RandomStream } from '../../random/stream.js';
import type { KongAlgorithmPlug } from '../products/kong/algorithm.js';
import type { KongAddress, KongAlgorithm, KongPassage, KongTargets } from '../products/kong/targets.js';
import { isAtLeast } from '../version.js';

/** The first Kong with lua-resty-dns-client 6.0.0, whose wheel has a slot for every part of the weights. */
const WHEEL_VERSION = [2, 4];
/** Seed of the order of the slots, the same on every node (`ring.lua`, `randomlist`). */
const RING_SEED = 158841259;
/** "To bypass float arithmetic issues" (`ring.lua`, `redistributeIndices`). */
const RING_EPSILON = 0.0001;

const options = record({});

/**
 * Kong's `round-robin`. Each worker turns its own wheel; from 2.4 on that is shuffled anew whenever a target's health changes.
 *
 * Limits: the order of the old ring is a fixed permutation, but not that of `lrandom`; and it is dealt out anew, not in
 * steps, when targets change.
 */
export const kongRoundRobin: KongAlgorithmPlug<typeof options> = {
  name: 'kong-round-robin',
  product: 'kong',
  word: 'round-robin',
  summary:
    'each target in turn, as often as its weight says, in an order that every worker shuffles for itself',
  source: 'Kong 3.9, kong/runloop/balancer/round_robin.lua; up to 2.3 lua-resty-dns-client 5.2, ring.lua',
  options,
  example: 'algorithm: round-robin',
  create: (_checked, { table, stream }) =>
    isAtLeast(table.version, WHEEL_VERSION) ? new Wheel(table, stream) : new Ring(table, stream),
};

/** A shuffled wheel of as many slots as the weights need, with a pointer that moves before it is read. */
class Wheel implements KongAlgorithm {
  /** Index of the slot that was read last. The first pick is the second slot. */
  private pointer = 0;
  private wheel: KongAddress[] = [];

  constructor(
    private readonly targets: KongTargets,
    private readonly stream: RandomStream,
  ) {
    this.hostsChanged();
  }

  /** Once around at most: the slot after a dead one has its share. */
  pick(_passage: KongPassage): KongAddress | undefined {
    const size = this.wheel.length;
    for (let turned = 0; turned < size; turned += 1) {
      this.pointer = this.pointer + 1 >= size ? 0 : this.pointer + 1;
      const address = this.wheel[this.pointer]!;
      if (address.available) return address;
    }
    return undefined;
  }

  /** Dead addresses keep their slots, and the pointer stays. */
  hostsChanged(): void {
    const divisor = this.targets.addresses.reduce((sum, { weight }) => greatestDivisor(sum, weight), 0);
    if (divisor === 0) return;
    this.wheel = this.targets.addresses.flatMap((address) =>
      new Array<KongAddress>(address.weight / divisor).fill(address),
    );
    shuffle(this.wheel, this.stream);
  }
}

/** The ring of `slots` entries that Kong had before; the pointer is read before it moves, and starts anywhere. */
class Ring implements KongAlgorithm {
  private readonly ring: readonly KongAddress[];
  private pointer: number;

  constructor(targets: KongTargets, stream: RandomStream) {
    this.ring = dealOut(targets);
    this.pointer = Math.floor(stream.next() * this.ring.length);
  }

  pick(_passage: KongPassage): KongAddress | undefined {
    for (let turned = 0; turned < this.ring.length; turned += 1) {
      const address = this.ring[this.pointer]!;
      this.pointer = this.pointer + 1 === this.ring.length ? 0 : this.pointer + 1;
      if (address.available) return address;
    }
    return undefined;
  }

  /** The slots stay where they are. */
  hostsChanged(): void {}
}

/** Each address takes its part of the slots that are left from the end of the list of free ones. */
function dealOut({ addresses, slots }: KongTargets): KongAddress[] {
  const ring = new Array<KongAddress>(slots);
  const free = ringOrder(slots);
  let weightLeft = addresses.reduce((sum, { weight }) => sum + weight, 0);
  for (const address of addresses) {
    const part = weightLeft === 0 ? 0 : address.weight / weightLeft;
    const count = Math.floor(free.length * part + RING_EPSILON);
    for (let taken = 0; taken < count; taken += 1) ring[free.pop()!] = address;
    weightLeft -= address.weight;
  }
  return free.length === 0 ? ring : [];
}

/** A fixed permutation of the slots. */
function ringOrder(slots: number): number[] {
  const order = Array.from({ length: slots }, (_, index) => index);
  shuffle(order, new KeyedStream().rekey(RING_SEED, slots, 0));
  return order;
}

/** Fisher and Yates, from the end. */
function shuffle<Item>(items: Item[], stream: RandomStream): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(stream.next() * (index + 1));
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
