import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { cumulativeTable, indexAt, weightedMoments } from '../../src/random/discrete.js';

const weights = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  })
  .filter((list) => list.some((weight) => weight > 0));
const uniform = fc.double({ min: 0, max: 1 - Number.EPSILON / 2, noNaN: true });

describe('a cumulative table', () => {
  it.prop([weights, uniform], { seed: 430 })('answers as a search from the start does', (list, share) => {
    const table = cumulativeTable(list);
    expect(indexAt(table, share)).toBe(table.bounds.findIndex((bound) => bound > share));
  });

  it.prop([weights, uniform], { seed: 430 })('never answers with an index of weight 0', (list, share) => {
    expect(list[indexAt(cumulativeTable(list), share)]).toBeGreaterThan(0);
  });

  it.prop([weights], { seed: 430 })('ends at 1', (list) => {
    const { bounds } = cumulativeTable(list);
    expect(bounds.at(-1)).toBe(1);
    expect(indexAt(cumulativeTable(list), 0)).toBe(list.findIndex((weight) => weight > 0));
  });

  it('answers on either side of every bound', () => {
    const table = cumulativeTable(Array.from({ length: 1000 }, () => 1));
    for (let index = 0; index < 999; index += 1) {
      expect(indexAt(table, table.bounds[index]!)).toBe(index + 1);
      expect(indexAt(table, table.bounds[index]! - Number.EPSILON / 2)).toBe(index);
    }
  });
});

describe('weighted moments', () => {
  it('are mean and variance of the values, each as often as its weight', () => {
    expect(weightedMoments([1, 5, 9], [2, 1, 1])).toEqual({ mean: 4, variance: 11 });
  });
});
