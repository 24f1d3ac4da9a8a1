import {
  anything,
  type Checked,
  check,
  didYouMean,
  type Field,
  type FieldIssue,
  handOn,
  problem,
  record,
} from '../options/fields.js';
import type { NamedOptions, PlugChoice } from '../options/plug-field.js';
import { takeApart } from './issues.js';
import { mappingOf } from './mapping.js';

/** The shape of a record, as `record()` takes it. */
export type Shape = Parameters<typeof record>[0];

/** Checked keys of our own, and the checked plug that stood beside them. */
export interface Beside<Own, Choice> {
  readonly own: Own;
  readonly plug: Choice;
}

/**
 * A mapping in which keys of our own stand beside a plug and its options: `{ at: 20s, kill: api-2 }`,
 * `{ product: nginx, on: laptop, algorithm: least_conn }`. A key that both know goes to neither: it is an error of ours.
 *
 * @param own fields of our own keys.
 * @param plug field of the plug with its options, which sees the mapping without our keys.
 * @param source the plugs it chooses from, and the key that names one where there is such a key: for the JSON Schema.
 */
export function beside<S extends Shape, Choice>(
  own: S,
  plug: Field<Choice>,
  source: { readonly plugs: () => readonly NamedOptions[]; readonly kindKey?: string },
) {
  const ownField = record(own);
  type Result = Beside<Checked<typeof ownField>, Choice>;
  return anything()
    .transform((value, context): Result => {
      const { mine, rest } = split(value, own);
      const ownResult = check(ownField, mine);
      const plugResult = check(plug, rest);
      const plugIssues = plugResult.ok
        ? []
        : plugResult.issues.map((issue) => widen(issue, Object.keys(own)));
      const ownIssues = ownResult.ok
        ? []
        : ownResult.issues.map((issue) => misspelt(issue, { rest, plugIssues }));
      const issues = [...ownIssues, ...plugIssues];
      handOn(context, issues);
      return {
        own: ownResult.ok ? ownResult.value : ({} as Checked<typeof ownField>),
        plug: plugResult.ok ? plugResult.value : (undefined as Choice),
      };
    })
    .meta({ ...source, own: ownField });
}

/**
 * One of several forms, chosen by what the value looks like: unlike a union, it tells what is wrong with the form that was
 * meant, not with the one that came nearest.
 */
export function chosen<const Forms extends readonly NamedOptions[]>(
  forms: Forms,
  choose: (value: unknown) => Forms[number]['name'],
) {
  return anything()
    .transform((value, context): PlugChoice => {
      const kind = choose(value);
      const result = check(forms.find((form) => form.name === kind)!.options, value);
      if (result.ok) return { kind, options: result.value };
      handOn(context, result.issues);
      return { kind, options: undefined };
    })
    .meta({ plugs: () => forms });
}

function split(value: unknown, own: Shape): { mine: Record<string, unknown>; rest: unknown } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { mine: {}, rest: value };
  const entries = Object.entries(value);
  return {
    mine: Object.fromEntries(entries.filter(([key]) => Object.hasOwn(own, key))),
    rest: Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(own, key))),
  };
}

interface Others {
  readonly rest: unknown;
  readonly plugIssues: readonly FieldIssue[];
}

/** A key of ours that is missing beside one that was meant to be it: that one is told, unless the plug tells it. */
function misspelt(issue: FieldIssue, { rest, plugIssues }: Others): FieldIssue {
  const { got, expected } = takeApart(issue.message);
  const [key] = issue.path;
  if (issue.path.length !== 1 || typeof key !== 'string' || got !== 'nothing') return issue;
  const meant = Object.keys(mappingOf(rest)).find((other) => didYouMean(other, [key]) !== undefined);
  if (meant === undefined || plugIssues.some((other) => other.aboutKey === meant)) return issue;
  return {
    path: [],
    aboutKey: meant,
    message: problem(meant, `a key "${key}": ${expected}`, didYouMean(meant, [key])),
  };
}

/** The plug's message about a key it does not know, with our keys among those that may have been meant. */
function widen(issue: FieldIssue, ownKeys: readonly string[]): FieldIssue {
  if (issue.aboutKey === undefined || issue.path.length > 0) return issue;
  const { expected, hint } = takeApart(issue.message);
  if (!expected.startsWith('only the keys ')) {
    const ours = didYouMean(issue.aboutKey, ownKeys);
    return ours === undefined ? issue : { ...issue, message: problem(issue.aboutKey, expected, ours) };
  }
  const keys = [...ownKeys, ...expected.slice('only the keys '.length).split(', ')].filter(
    (key) => key !== '',
  );
  const meant = didYouMean(issue.aboutKey, keys) ?? hint;
  return { ...issue, message: problem(issue.aboutKey, `only the keys ${keys.join(', ')}`, meant) };
}
