import { describe, expect, it } from 'vitest';
import { cleanInformation, identify } from '../../../src/experiment/calibrate/identify.js';

const options = {
  order: [0, 0, 0],
  candidates: [true, true, true],
  nuisance: [false, false, false],
  scale: 1,
};

describe('identification', () => {
  it('gives up the later of two that do the same, and names its twin', () => {
    const jacobian = [
      [20, 20, 0],
      [10, 10, 5],
      [0, 0, 30],
    ];
    const { deviations, twins } = identify(cleanInformation(jacobian, jacobian), options);
    expect(deviations.map((deviation) => deviation !== undefined)).toEqual([true, false, true]);
    expect(twins).toEqual([[], [0], []]);
    // Alone, the first is known by the square root of 20² + 10², but for what it shares with the third.
    expect(deviations[0]).toBeCloseTo(1 / Math.sqrt(500 - 50 ** 2 / 925), 3);
  });

  it('gives up what nothing depends on, without a twin', () => {
    const jacobian = [
      [20, 0.1, 0],
      [10, 0, 30],
    ];
    const { deviations, twins } = identify(cleanInformation(jacobian, jacobian), options);
    expect(deviations[1]).toBeUndefined();
    expect(twins[1]).toEqual([]);
  });

  it('takes noise for no information', () => {
    // Two columns that are one, but for chance that differs between two seeds.
    const noise = [3, -2, 4, -3, 2, -4, 3, -2];
    const rows = (sign: number) =>
      noise.map((value, index) => [30, 30 + sign * value, index % 2 === 0 ? 25 : 0]);
    const { deviations } = identify(cleanInformation(rows(1), rows(-1)), options);
    expect(deviations.slice(0, 2).filter((deviation) => deviation !== undefined)).toHaveLength(1);
  });

  it('gives up a speed before the demands that it divides', () => {
    const jacobian = [
      [-20, 20, 0],
      [-30, 0, 30],
    ];
    const { deviations } = identify(cleanInformation(jacobian, jacobian), { ...options, order: [1, 0, 0] });
    expect(deviations.map((deviation) => deviation !== undefined)).toEqual([false, true, true]);
  });
});
