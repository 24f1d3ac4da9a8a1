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

/** The inverse of a symmetric positive definite matrix; `undefined` where it is not one. */
export function inverse(matrix: Matrix): number[][] | undefined {
  const columns: number[][] = [];
  for (let i = 0; i < matrix.length; i += 1) {
    const column = solve(
      matrix,
      matrix.map((_, index) => (index === i ? 1 : 0)),
    );
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return columns;
}
