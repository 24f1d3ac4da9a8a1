/**
 * A 64-bit running hash of the event stream: two runs with the same fingerprint fired the same events at the
 * same times. Two 32-bit lanes of FNV-1a-like multiply-xor steps; not cryptographic.
 */
export class Fingerprint {
  // `| 0`: as 32-bit integers from the start, V8 keeps them unboxed.
  private low = 0x811c9dc5 | 0;
  private high = 0x9e3779b9 | 0;

  /** Mixes one whole number (0 to 2^53, or a small signed one). About 3 ns. */
  mix(value: number): void {
    const valueLow = value | 0;
    const valueHigh = (value / 4294967296) | 0;
    this.low = Math.imul(this.low ^ valueLow, 0x01000193);
    this.low ^= this.low >>> 15;
    this.high = Math.imul(this.high ^ valueHigh ^ this.low, 0x85ebca6b);
    this.high ^= this.high >>> 13;
  }

  /** The fingerprint so far, 16 hexadecimal digits. */
  digest(): string {
    return hex(this.high) + hex(this.low);
  }
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
