/** Random numbers of one virtual user: sfc32 (Doty-Humphrey), 32 bits at a time, until `randomSeed` asks for Go's. */
export class RandomNumbers {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = (seed / 0x100000000) | 0;
    for (let round = 0; round < 12; round++) this.next32();
  }

  /** From 0 to below 1. */
  next(): number {
    const high = this.next32() >>> 6;
    const low = this.next32() >>> 5;
    return (high * 0x8000000 + low) / 0x20000000000000;
  }

  /** k6's `randomSeed`. */
  reseed(seed: number): void {
    this.a = seed | 0;
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
