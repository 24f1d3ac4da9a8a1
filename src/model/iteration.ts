import {
  anything,
  bytes,
  type Checked,
  count,
  duration,
  either,
  type Field,
  fail,
  lazy,
  list,
  mapOf,
  number,
  record,
  text,
} from '../options/fields.js';
import { type PlugChoice, plugByKey } from '../options/plug-field.js';
import type { DistributionSpec } from '../random/distribution.js';
import { durationDistribution } from '../random/fields.js';
import { EXPECTED_BY_DEFAULT, statusesField } from './status-set.js';

/** k6's default for `params.timeout`. */
const TIMEOUT_NS_DEFAULT = 60e9;

/** Checks on the last answer, by name. */
const checksField = mapOf(
  record({
    status: statusesField().optional().describe('the status is one of these'),
    max_duration: duration().optional().describe('the answer took no longer (k6: r.timings.duration)'),
    min_bytes: bytes().optional().describe('the answer has at least so many bytes, head included'),
  }),
);

/** The checked form of a step's checks. */
export type CheckSpecs = Checked<typeof checksField>;

/** `check: 'status is 200'` or `check: { 'status is 200': { status: 200 }, fast: { max_duration: 500ms } }`. */
function checkField(): Field<CheckSpecs> {
  const named = anything().transform((value, context): CheckSpecs => {
    const status = /^status (?:is|was) (\d{3})$/.exec(String(value));
    if (status !== null) {
      const only = Number(status[1]);
      return { [String(value)]: { status: [{ min: only, max: only }] } };
    }
    fail(context, value, 'a check like "status is 200", or a mapping like { fast: { max_duration: 500ms } }');
    return {};
  });
  return either([checksField, named]) as unknown as Field<CheckSpecs>;
}

function pathField() {
  return text()
    .regex(/^\/\S*$/, { error: (issue) => pathProblem(issue.input) })
    .describe('path with query');
}

function pathProblem(got: unknown): string {
  const hint = /^https?:/.test(String(got)) ? 'leave out scheme, host and port' : undefined;
  return JSON.stringify({ got: JSON.stringify(got), expected: 'a path that starts with "/"', hint });
}

const requestOptions = {
  timeout: duration({ minNs: 1 })
    .default(TIMEOUT_NS_DEFAULT)
    .describe('of the whole call, connecting included (k6: params.timeout)'),
  headers: mapOf(text()).default({}).describe('request headers'),
  name: text().optional().describe("k6's name tag; the path if left out"),
  expect: statusesField()
    .default([...EXPECTED_BY_DEFAULT])
    .describe('statuses that are no failures (k6: http.expectedStatuses)'),
  check: checkField().optional().describe('checks on the answer'),
};

const bodyOptions = { bytes: bytes().default(0).describe('size of the request body') };

/** k6's functions of `k6/http`, and the method that each sends. */
const METHODS = {
  get: 'GET',
  head: 'HEAD',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  del: 'DELETE',
  options: 'OPTIONS',
} as const;
const WITHOUT_BODY = new Set(['get', 'head']);

function methodSteps() {
  return Object.keys(METHODS).map((key) => ({
    name: key,
    options: record({
      [key]: pathField(),
      ...requestOptions,
      ...(WITHOUT_BODY.has(key) ? {} : bodyOptions),
    }),
  }));
}

const method = text().regex(/^[A-Za-z]+$/);
const weight = number({ above: 0 }).default(1).describe('chance, relative to the others');

/** `check` comes last: a request may have a key of that name too. */
function stepPlugs() {
  const steps = list(lazy(iterationStep));
  return [
    ...methodSteps(),
    {
      name: 'request',
      options: record({ request: record({ method, path: pathField(), ...requestOptions, ...bodyOptions }) }),
    },
    { name: 'sleep', options: record({ sleep: durationDistribution().describe('think time') }) },
    {
      name: 'choose',
      options: record({
        choose: list(record({ weight, do: steps }))
          .min(1)
          .describe('one of these'),
      }),
    },
    { name: 'repeat', options: record({ repeat: count().describe('how many times'), do: steps }) },
    {
      name: 'group',
      options: record({ group: text().regex(/^(?!.*::)/, { error: groupProblem }), do: steps }),
    },
    { name: 'check', options: record({ check: checkField() }) },
  ];
}

const groupProblem = () => JSON.stringify({ got: '"::"', expected: 'a group name without "::"' });

function iterationStep(): Field<PlugChoice> {
  return plugByKey(stepPlugs, 'step');
}

/**
 * What a virtual user does in one iteration, in this order:
 *
 *     - { get: /api/produits, timeout: 60s, check: 'status is 200' }
 *     - { sleep: { uniform: { min: 1s, max: 3s } } }
 *     - { post: /login, bytes: 500, headers: { X-Shop: a }, name: login, expect: [200, 401] }
 *     - choose: [ { weight: 3, do: [ { get: /a } ] }, { weight: 1, do: [ { get: /b } ] } ]
 *     - { repeat: 4, do: [ { get: /c } ] }
 *     - { group: checkout, do: [ { put: /cart }, { check: { fast: { max_duration: 500ms } } } ] }
 */
export function iterationField(): Field<IterationSpec> {
  return list(lazy(iterationStep))
    .min(1)
    .transform((steps) => steps.map(toStep)) as unknown as Field<IterationSpec>;
}

/** The checked form of an iteration. */
export type IterationSpec = readonly IterationStep[];

/** One step, checked. */
export type IterationStep =
  | RequestStep
  | { readonly kind: 'sleep'; readonly duration: DistributionSpec }
  | { readonly kind: 'choose'; readonly branches: readonly Branch[] }
  | { readonly kind: 'repeat'; readonly times: number; readonly steps: IterationSpec }
  | { readonly kind: 'group'; readonly name: string; readonly steps: IterationSpec }
  | { readonly kind: 'check'; readonly checks: CheckSpecs };

/** A step that sends one request and waits for its answer. */
export interface RequestStep {
  readonly kind: 'request';
  readonly method: string;
  readonly path: string;
  readonly options: RequestOptions;
}

/** Checked options of a request; durations in ns, sizes in bytes. */
export type RequestOptions = Checked<ReturnType<typeof requestRecord>>;

function requestRecord() {
  return record({ ...requestOptions, bytes: bytes().optional() });
}

/** One way of a choice. */
export interface Branch {
  readonly weight: number;
  readonly steps: IterationSpec;
}

type Mapping = Record<string, unknown>;

/** From the file's shape (a key that names the step) to one shape per kind. */
function toStep(choice: PlugChoice): IterationStep {
  const options = choice.options as Mapping;
  switch (choice.kind) {
    case 'sleep':
      return { kind: 'sleep', duration: options.sleep as DistributionSpec };
    case 'choose':
      return { kind: 'choose', branches: (options.choose as Mapping[]).map(toBranch) };
    case 'repeat':
      return { kind: 'repeat', times: options.repeat as number, steps: toSteps(options.do) };
    case 'group':
      return { kind: 'group', name: options.group as string, steps: toSteps(options.do) };
    case 'check':
      return { kind: 'check', checks: options.check as CheckSpecs };
    case 'request': {
      const { method: given, path, ...rest } = options.request as Mapping;
      return {
        kind: 'request',
        method: given as string,
        path: path as string,
        options: rest as RequestOptions,
      };
    }
    default: {
      const { [choice.kind]: path, ...rest } = options;
      const verb = METHODS[choice.kind as keyof typeof METHODS];
      return { kind: 'request', method: verb, path: path as string, options: rest as RequestOptions };
    }
  }
}

function toBranch(branch: Mapping): Branch {
  return { weight: branch.weight as number, steps: toSteps(branch.do) };
}

function toSteps(choices: unknown): IterationSpec {
  return (choices as PlugChoice[]).map(toStep);
}
