import { writtenAmount } from './calibration.js';
import { getPath, type Path, parsePath, startsWith } from './path.js';
import type { Assignment } from './vary.js';

/** Amounts to put into a model in place of its own, by path: numbers, and ns where the model has a duration. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * The amounts as assignments into the model `value`. What an experiment's `vary` sets itself stays as it is: it is the question.
 * @param assignments of the variant, with paths into the model.
 */
export function amountAssignments(
  amounts: Amounts,
  value: unknown,
  assignments: readonly { readonly path: Path }[],
): Assignment[] {
  return Object.keys(amounts)
    .sort()
    .flatMap((text) => {
      const path = parsePath(text);
      if (path === undefined) return [];
      const isSet = assignments.some(({ path: own }) => startsWith(path, own) || startsWith(own, path));
      if (isSet) return [];
      const amount = amounts[text]!;
      const written = getPath(value, path);
      const at: Path = ['model'];
      return [
        {
          text,
          path,
          value: written === undefined ? amount : writtenAmount(written, amount),
          keyAt: at,
          valueAt: at,
        },
      ];
    });
}
