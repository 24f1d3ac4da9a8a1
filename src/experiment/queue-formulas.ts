import { exp, log } from '../random/math.js';

/** The probability of waiting in M/M/c (Erlang 1917). @param load offered, in servers; below `servers`. */
export function erlangC(servers: number, load: number): number {
  let blocking = 1;
  for (let count = 1; count <= servers; count += 1) blocking = (load * blocking) / (count + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** Quantile of the time in M/M/c: service, and with probability `waits` an exponential wait of rate `drain`; by bisection. */
export function sojournQuantile(
  probability: number,
  waits: number,
  serviceSeconds: number,
  drain: number,
): number {
  const service = 1 / serviceSeconds;
  const longer = (x: number) => {
    const alone = exp(-service * x);
    const difference = drain - service;
    const both =
      Math.abs(difference) < 1e-9 * service
        ? (1 + service * x) * alone
        : (drain * alone - service * exp(-drain * x)) / difference;
    return (1 - waits) * alone + waits * both;
  };
  let [low, high] = [0, (-log(1 - probability) + 1) * (serviceSeconds + 1 / drain) * 3];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (longer(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Normal equations, solved by elimination; `undefined` where they are singular. */
export function leastSquares(
  rows: readonly { readonly y: number; readonly x: readonly number[] }[],
  columns: readonly number[],
): number[] | undefined {
  const size = columns.length;
  const system = columns.map((left) => [
    ...columns.map((right) => rows.reduce((total, { x }) => total + x[left]! * x[right]!, 0)),
    rows.reduce((total, { x, y }) => total + x[left]! * y, 0),
  ]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    if (Math.abs(system[pivot]![pivot]!) < 1e-12) return undefined;
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue;
      const factor = system[row]![pivot]! / system[pivot]![pivot]!;
      for (let column = pivot; column <= size; column += 1)
        system[row]![column]! -= factor * system[pivot]![column]!;
    }
  }
  return system.map((row, index) => row[size]! / row[index]!);
}
