/** Small dense linear algebra: some twenty unknowns, a few hundred rows. Matrices are lists of rows. */

/** A matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** `Jᵀ J` of weighted rows: the information that observations hold on each pair of columns. */
export function gram(rows: Matrix, columnCount: number): number[][] {
  const result = Array.from({ length: columnCount }, () => new Array<number>(columnCount).fill(0));
  for (const row of rows) {
    for (let i = 0; i < columnCount; i += 1) {
      const value = row[i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j += 1) result[i]![j]! += value * row[j]!;
    }
  }
  for (let i = 0; i < columnCount; i += 1) {
    for (let j = 0; j < i; j += 1) result[j]![i] = result[i]![j]!;
  }
  return result;
}

/** `Jᵀ r`. */
export function transposeTimes(rows: Matrix, vector: readonly number[], columnCount: number): number[] {
  const result = new Array<number>(columnCount).fill(0);
  for (const [index, row] of rows.entries()) {
    for (let i = 0; i < columnCount; i += 1) result[i]! += row[i]! * vector[index]!;
  }
  return result;
}

/** The lower triangle L of a symmetric positive definite matrix, L Lᵀ; `undefined` where it is not one. */
function cholesky(matrix: Matrix): number[][] | undefined {
  const size = matrix.length;
  const lower = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i !== j) lower[i]![j] = sum / lower[j]![j]!;
      else if (sum > 0) lower[i]![i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** Solves `matrix x = vector` for a symmetric positive definite matrix; `undefined` where it is not one. */
export function solve(matrix: Matrix, vector: readonly number[]): number[] | undefined {
  const lower = cholesky(matrix);
  if (lower === undefined) return undefined;
  const size = vector.length;
  const x = [...vector];
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}

/** Sweeps that Jacobi's method takes at most; some eight make twenty rows diagonal to the last bit. */
const SWEEPS_MAX = 50;

/**
 * The inverse of a symmetric matrix whose eigenvalues are at least `least`: smaller ones, and what noise has made negative, are
 * raised to it. By Jacobi's rotations (G. Golub, C. Van Loan, Matrix Computations, 4th edition, 8.5). Cost: O(n³) a sweep.
 */
export function clippedInverse(matrix: Matrix, least: number): number[][] {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_row, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep += 1) {
    if (!rotateAll(a, vectors)) break;
  }
  const inverses = a.map((row, i) => 1 / Math.max(least, row[i]!));
  return vectors.map((left) =>
    vectors.map((right) => {
      let sum = 0;
      for (let k = 0; k < size; k += 1) sum += left[k]! * inverses[k]! * right[k]!;
      return sum;
    }),
  );
}

/** One sweep over all pairs; false where there was nothing left to do. */
function rotateAll(a: number[][], vectors: number[][]): boolean {
  let rotated = false;
  for (let p = 0; p < a.length; p += 1) {
    for (let q = p + 1; q < a.length; q += 1) {
      const off = a[p]![q]!;
      const scale = Math.sqrt(Math.abs(a[p]![p]! * a[q]![q]!));
      if (off === 0 || Math.abs(off) <= 1e-14 * scale) continue;
      rotated = true;
      const theta = (a[q]![q]! - a[p]![p]!) / (2 * off);
      const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      rotate(a, vectors, { p, q, c, s: t * c });
    }
  }
  return rotated;
}

interface Rotation {
  readonly p: number;
  readonly q: number;
  readonly c: number;
  readonly s: number;
}

function rotate(a: number[][], vectors: number[][], { p, q, c, s }: Rotation): void {
  for (const row of [...a, ...vectors]) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k += 1) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
}
