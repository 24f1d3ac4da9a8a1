/** ASCII in the order of Unicode's root collation; a letter's two cases are one until everything else is equal. */
const ORDER = '\t\n\v\f\r _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz';
const RANKS = new Map([...ORDER].map((character, index) => [character, index] as const));
const FIRST_OTHER_RANK = ORDER.length;

/**
 * Compares two names as k6 does, by Unicode's root collation (UTS 10): letters first, then accents, then case, small before capital.
 * Our own, because the engine's depends on the locale and its version.
 *
 * Limits: beyond ASCII and its accented letters, by code points.
 */
export function compareNames(left: string, right: string): number {
  const [first, second] = [weightsOf(left), weightsOf(right)];
  return (
    compareLists(first.letters, second.letters) ||
    compareLists(first.accents, second.accents) ||
    compareLists(first.cases, second.cases)
  );
}

interface Weights {
  readonly letters: readonly number[];
  readonly accents: readonly number[];
  readonly cases: readonly number[];
}

function weightsOf(text: string): Weights {
  const letters: number[] = [];
  const accents: number[] = [];
  const cases: number[] = [];
  for (const character of text.normalize('NFD')) {
    const code = character.codePointAt(0)!;
    if (/\p{M}/u.test(character)) {
      accents.push(code);
      continue;
    }
    const small = character.toLowerCase();
    letters.push(RANKS.get(small) ?? FIRST_OTHER_RANK + small.codePointAt(0)!);
    accents.push(0);
    cases.push(small === character ? 0 : 1);
  }
  return { letters, accents, cases };
}

/** The shorter of two that begin alike is the smaller. */
function compareLists(left: readonly number[], right: readonly number[]): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
