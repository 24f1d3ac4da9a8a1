import { describe, expect, it } from 'vitest';
import { AddressSelector } from '../../src/model/dns-select.js';

const keyed = (keyLow: number, retried = false) => ({ keyHigh: 7, keyLow, retried });
const draws = (selector: AddressSelector, count: number, addresses: number) =>
  Array.from({ length: count }, (_, index) => selector.next(addresses, keyed(index)));

describe("k6's dns.select", () => {
  it('first: always the first address', () => {
    expect(draws(new AddressSelector('first'), 5, 3)).toEqual([0, 0, 0, 0, 0]);
  });

  it('roundRobin: one after the other, whoever dials', () => {
    expect(draws(new AddressSelector('roundRobin'), 7, 3)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('random: each as often, and a function of the request alone', () => {
    const counts = [0, 0, 0, 0];
    for (const index of draws(new AddressSelector('random'), 4000, 4)) counts[index]! += 1;
    // 4.5 standard deviations of a binomial of 4000 at 1/4: 123.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(123);
    const later = new AddressSelector('random');
    later.next(4, keyed(99));
    expect(draws(later, 20, 4)).toEqual(draws(new AddressSelector('random'), 20, 4));
  });

  it('random: draws anew where the same request dials a second time', () => {
    const selector = new AddressSelector('random');
    const moved = Array.from({ length: 400 }, (_, index) => index).filter(
      (index) => selector.next(2, keyed(index)) !== selector.next(2, keyed(index, true)),
    );
    // Half of them: 4.5 standard deviations of 400 are 45.
    expect(Math.abs(moved.length - 200)).toBeLessThan(45);
  });
});
