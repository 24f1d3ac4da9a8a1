/** `did you mean "least_conn"?` for the nearest of `values`, if one is near. */
export function didYouMean(got: unknown, values: readonly string[]): string | undefined {
  if (typeof got !== 'string') return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(got.length / 3)) + 1;
  for (const value of values) {
    if (Math.abs(value.length - got.length) >= bestDistance) continue;
    const distance = editDistance(got.toLowerCase(), value.toLowerCase());
    if (distance < bestDistance) {
      best = value;
      bestDistance = distance;
    }
  }
  return best === undefined ? undefined : `did you mean "${best}"?`;
}

/** Levenshtein distance, O(n·m); long inputs are cut at 64 characters. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 64);
  const right = b.slice(0, 64);
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + change));
    }
    previous = current;
  }
  return previous[right.length]!;
}
