import type { Coded } from './measured.js';

/** An array that a column may be made of. */
type Numbers = Float64Array | Float32Array | Uint16Array | Uint8Array;

const BLOCK_LENGTH = 65_536;
/** First block: a file may have hundreds of metrics of a few values each. */
const FIRST_BLOCK_LENGTH = 256;

/** Numbers that come one after the other, in blocks: nothing is copied as it grows, and at most one block is unused. */
export class Column<A extends Numbers = Float64Array> {
  length = 0;
  /** In order, the last one partly used. */
  private blocks: A[];
  /** Emptied by {@link halve}. */
  private spare: A[] = [];
  private last: A;
  private used = 0;

  constructor(private readonly make: (length: number) => A) {
    this.last = make(FIRST_BLOCK_LENGTH);
    this.blocks = [this.last];
  }

  push(value: number): void {
    if (this.used === this.last.length) {
      this.last = this.spare.pop() ?? this.make(Math.min(BLOCK_LENGTH, 2 * this.last.length));
      this.blocks.push(this.last);
      this.used = 0;
    }
    this.last[this.used] = value;
    this.used += 1;
    this.length += 1;
  }

  /** Writes over the number that was pushed last. There must be one. */
  setLast(value: number): void {
    this.last[this.used - 1] = value;
  }

  /** One array of all; the column is empty afterwards, so that both are not in memory for long. */
  take(): A {
    const all = this.make(this.length);
    let at = 0;
    for (const block of this.blocks) {
      const part = block.subarray(0, this.length - at);
      all.set(part as never, at);
      at += part.length;
    }
    this.clear();
    this.spare = [];
    return all;
  }

  /** Keeps one of every two neighbours, by {@link secondOfTwo}; an odd last one stays. In place: at this time memory is short. */
  halve(): void {
    const { blocks, length } = this;
    this.clear();
    let pair = 0;
    let first = 0;
    let index = 0;
    for (const block of blocks) {
      const end = Math.min(block.length, length - index);
      for (let at = 0; at < end; at += 1, index += 1) {
        const value = block[at] as number;
        if (index % 2 === 0) first = value;
        else {
          this.push(secondOfTwo(pair) === 1 ? value : first);
          pair += 1;
        }
      }
      // What is written is behind what is read, so that a block that was read is free.
      this.spare.push(block);
    }
    if (length % 2 === 1) this.push(first);
  }

  private clear(): void {
    this.last = this.make(FIRST_BLOCK_LENGTH);
    this.blocks = [this.last];
    this.used = 0;
    this.length = 0;
  }
}

/** Columns of the usual kinds. */
export const float64Column = () => new Column((length) => new Float64Array(length));
export const float32Column = () => new Column<Float32Array>((length) => new Float32Array(length));
export const uint16Column = () => new Column<Uint16Array>((length) => new Uint16Array(length));
export const uint8Column = () => new Column<Uint8Array>((length) => new Uint8Array(length));

/** A well mixed 32-bit number of a whole number (MurmurHash3's finalizer): chance that is the same in every run. */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 0 or 1, as if by a coin: a fixed choice would pick one instance of two that take turns. */
function secondOfTwo(pair: number): 0 | 1 {
  return (mixed(pair + 0x9e3779b9) & 1) as 0 | 1;
}

/**
 * Which of ever more things are kept where not all can be: of every `every` consecutive ones a random one, so that neither rates
 * over time nor the shares of routes and instances shift. `every` doubles whenever `max` are kept.
 */
export class Thinning {
  every = 1;
  kept = 0;
  private seen = 0;

  constructor(private readonly max: number) {}

  /** True where the next thing is to be kept. `halve` is called before, where what is kept must become half as much. */
  takes(halve: () => void): boolean {
    // Only between two groups: within one, its last things would come into the larger group's choice.
    if (this.kept >= this.max && this.seen % this.every === 0) {
      halve();
      this.kept = Math.ceil(this.kept / 2);
      this.every *= 2;
    }
    const position = this.seen % this.every;
    const group = (this.seen - position) / this.every;
    this.seen += 1;
    if (this.every > 1 && position !== mixed(group) % this.every) return false;
    this.kept += 1;
    return true;
  }
}

/** Most names of one column; a URL with an identifier in it would make as many as there are requests. */
export const NAMES_MAX = 10_000;
/** Stands for all names beyond the most. */
export const OTHER_NAMES = '(other)';

/** Names by code, for a column that has few different ones. One name only costs no memory. */
export class CodedColumn {
  readonly names: string[] = [];
  /** How many values were of a name beyond the most. */
  others = 0;
  private readonly codeOf = new Map<string, number>();
  /** How many values have the first name before one has another; those are not written down. */
  private firsts = 0;
  private codes: Column<Uint16Array> | undefined;

  /** Its code; the same for the same name, {@link OTHER_NAMES} beyond the most. */
  code(name: string): number {
    const known = this.codeOf.get(name);
    if (known !== undefined) return known;
    if (this.names.length >= NAMES_MAX && name !== OTHER_NAMES) return this.code(OTHER_NAMES);
    const code = this.names.length;
    const own = ownCopy(name);
    this.names.push(own);
    this.codeOf.set(own, code);
    return code;
  }

  push(code: number): void {
    if (this.names[code] === OTHER_NAMES) this.others += 1;
    if (this.codes === undefined) {
      if (code === 0) {
        this.firsts += 1;
        return;
      }
      this.codes = uint16Column();
      for (let index = 0; index < this.firsts; index += 1) this.codes.push(0);
    }
    this.codes.push(code);
  }

  halve(): void {
    this.firsts = Math.ceil(this.firsts / 2);
    this.codes?.halve();
  }

  /** `undefined` where no value has a name. The column is empty afterwards. */
  takeCoded(): Coded | undefined {
    if (this.names.every((name) => name === '')) return undefined;
    return { names: this.names, codes: this.codes?.take() ?? new Uint16Array(this.firsts) };
  }
}

/** The text without the larger one that the engine cut it from, which it would keep in memory. */
function ownCopy(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
