import { describe, expect, it } from 'vitest';
import { clippedInverse, gram, solve, transposeTimes } from '../../../src/experiment/calibrate/linear.js';

describe('linear algebra', () => {
  it('solves a least-squares problem by its normal equations', () => {
    // y = 2 + 3x at x = 0, 1, 2, exactly.
    const rows = [
      [1, 0],
      [1, 1],
      [1, 2],
    ];
    const [a, b] = solve(gram(rows, 2), transposeTimes(rows, [2, 5, 8], 2))!;
    expect(a).toBeCloseTo(2, 12);
    expect(b).toBeCloseTo(3, 12);
  });

  it('does not solve what is not positive definite', () => {
    expect(
      solve(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 1],
      ),
    ).toBeUndefined();
  });

  it('inverts, and raises eigenvalues that are too small', () => {
    const inverse = clippedInverse(
      [
        [2, 1],
        [1, 2],
      ],
      0.01,
    );
    // Eigenvalues 3 and 1: the inverse is 1/3 of [[2, -1], [-1, 2]].
    expect(inverse[0]![0]).toBeCloseTo(2 / 3, 12);
    expect(inverse[0]![1]).toBeCloseTo(-1 / 3, 12);
    const clipped = clippedInverse(
      [
        [1, 1],
        [1, 1],
      ],
      0.5,
    );
    // Eigenvalues 2 and 0, the latter raised to 0.5: (1/2 + 1/0.5) / 2 on the diagonal.
    expect(clipped[0]![0]).toBeCloseTo(1.25, 12);
  });
});
