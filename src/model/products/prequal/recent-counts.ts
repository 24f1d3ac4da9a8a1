/** The last so many small whole numbers, and their quantiles: O(1) to add one, O(largest) to ask. */
export class RecentCounts {
  private readonly ring: Int32Array;
  private readonly tally: number[] = [];
  private next = 0;
  private size = 0;

  /** @param length how many are remembered. */
  constructor(length: number) {
    this.ring = new Int32Array(length);
  }

  add(value: number): void {
    if (this.size === this.ring.length) this.tally[this.ring[this.next]!]! -= 1;
    else this.size += 1;
    this.ring[this.next] = value;
    this.next = this.next + 1 === this.ring.length ? 0 : this.next + 1;
    while (this.tally.length <= value) this.tally.push(0);
    this.tally[value]! += 1;
  }

  /** The smallest value that at least this part of all do not exceed; 0 where there is none. */
  quantile(part: number): number {
    const needed = part * this.size;
    let sum = 0;
    for (let value = 0; value < this.tally.length; value += 1) {
      sum += this.tally[value]!;
      if (sum > 0 && sum >= needed) return value;
    }
    return 0;
  }
}
