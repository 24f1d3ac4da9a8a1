/** The keys of an experiment file, with their units, defaults and meanings. */

import { clientField } from '../model/client-options.js';
import {
  anything,
  count,
  didYouMean,
  duration,
  either,
  type Field,
  flag,
  list,
  mapOf,
  number,
  record,
  text,
} from '../options/fields.js';
import { type PlugChoice, plugByKey, plugByKind } from '../options/plug-field.js';
import { beside, chosen } from './beside.js';
import { failures, iterationField, type WorkloadPlug, workloads } from './catalogues.js';
import { mappingOf } from './mapping.js';

const allWorkloads: readonly WorkloadPlug[] = workloads as readonly WorkloadPlug[];

function bringsRequests(plug: WorkloadPlug): boolean {
  return plug.iteration === 'none';
}

function namesBringing(value: unknown): boolean {
  const { executor } = mappingOf(value);
  return BRINGING.plugs().some(({ name }) => name === executor);
}

const scenarioOwn = {
  iteration: iterationField.describe('what a virtual user does in one iteration, in this order'),
};

const executorField = plugByKind(() => workloads, 'executor') as Field<PlugChoice>;

/** Executors whose users do an iteration's steps, and those that bring their own requests. */
const STEPPING = { plugs: () => allWorkloads.filter((plug) => !bringsRequests(plug)), kindKey: 'executor' };
const BRINGING = { plugs: () => allWorkloads.filter(bringsRequests), kindKey: 'executor' };

/** One scenario, as an entry of `scenarios:`. */
const scenarioField = chosen(
  [
    { name: 'steps', options: beside(scenarioOwn, executorField, STEPPING) },
    { name: 'requests', options: beside({}, executorField, BRINGING) },
  ],
  (value) => (namesBringing(value) ? 'requests' : 'steps'),
);

const loadOwn = {
  client: clientField.prefault({}).describe('the load generator itself'),
};

const singleOwn = { ...loadOwn, ...scenarioOwn };

/** The load: one scenario without a name. */
export const singleLoadField = beside(singleOwn, executorField, STEPPING);

/** The same of an executor that brings its own requests. */
export const requestsLoadField = beside(loadOwn, executorField, BRINGING);

/** The load: several scenarios side by side. */
export const scenariosLoadField = record({
  ...loadOwn,
  scenarios: mapOf(scenarioField).describe('scenarios by name, as in k6'),
});

/** The load: a k6 script, with its own options. */
export const scriptLoadField = record({
  ...loadOwn,
  script: text().describe('a k6 script, relative to this file; its options say who does what, and when'),
  env: mapOf(either([text(), number(), flag()]).transform(String))
    .default({})
    .describe('the script’s environment: __ENV'),
});

const eventOwn = {
  at: duration().optional().describe('when it happens'),
  from: duration().optional().describe('when it begins'),
  to: duration().optional().describe('when it ends; never if absent'),
};

/** One line of the timeline. */
export const eventField = beside(eventOwn, plugByKey(() => failures, 'event') as Field<PlugChoice>, {
  plugs: () => failures,
});

const thresholdField = either([
  text(),
  record({
    threshold: text().describe('the expression'),
    abortOnFail: flag().default(false).describe('true: the run ends as soon as this fails'),
    delayAbortEval: text().optional().describe('no abort until so much of the test has passed'),
  }),
]);

/** The thresholds. */
export const thresholdsField = mapOf(either([thresholdField, list(thresholdField)]));

const measurementField = record({
  when: mapOf(anything())
    .default({})
    .describe('the variant it is a measurement of: path to value, as in `vary`'),
  locust: either([text(), list(text())])
    .optional()
    .describe("locust's --csv files of one run: _stats.csv, _stats_history.csv, _failures.csv"),
  ab: text().optional().describe('what ApacheBench printed, or its -g file'),
  access_log: text().optional().describe("nginx's access log, plain or .gz"),
  log_format: text().optional().describe("nginx's log_format of the access log; combined if absent"),
  scrape_interval: duration()
    .optional()
    .describe('time between the scrapes of a file of /metrics that has several without timestamps'),
  k6: text().optional().describe("k6's --out csv= or --out json= file, plain or .gz"),
  summary: text().optional().describe("k6's --summary-export file"),
  prometheus: either([text(), list(text())])
    .transform((files) => (typeof files === 'string' ? [files] : files))
    .default([])
    .describe(
      'saved answers of Prometheus to query_range over the same run: the CPU per request, and what its graphs show',
    ),
  targets: list(text())
    .optional()
    .describe(
      'the `instance` labels of the instances, in their order; if absent, the first ones in the alphabet',
    ),
  label: text().optional().describe('what charts call it; the file’s name if absent'),
  stretch: number({ above: 0, max: 10_000 })
    .default(1)
    .describe(
      'the real run made the same load in 1/stretch of the time: its clock is stretched to lie over the prediction',
    ),
});

/** The measurements. */
export const measuredField = list(measurementField);

/** Seeds are text inside: `seed: 430` and `seed: '430'` are one. */
const seedField = either([count({ max: Number.MAX_SAFE_INTEGER }), text()])
  .default(1)
  .describe('all randomness follows from it; variants under one seed meet the same arrivals and demands');

/** The simple keys of an experiment file. */
const frame = {
  title: text().default('an experiment').describe('the question'),
  model: either([text(), mapOf(anything())]).describe(
    'a model file, relative to this one, or the model itself',
  ),
  seed: seedField,
  replications: count({ min: 1, max: 10_000 })
    .default(5)
    .describe('runs with different randomness, for confidence intervals'),
  // Anchors need a place to be defined in; Docker Compose ignores keys with this prefix as well.
  'x-parts': anything().optional().describe('ignored: a place for YAML anchors'),
};

/**
 * An experiment file with one variant's values in place. The keys of any content are checked by fields of their own, so that each
 * is, whatever is wrong beside it.
 */
export const experimentField = record({
  ...frame,
  load: anything().optional(),
  thresholds: anything().optional(),
  events: anything().optional(),
  measured: anything().optional(),
  vary: anything().optional(),
});

/** What `vary` may be: paths with lists of values (all combinations), or a list of combinations. */
export const varyField = either([mapOf(list(anything())), list(mapOf(anything()))]).describe(
  'paths into the model or the experiment with their values: all combinations; or a list of combinations',
);

/** An experiment file as the JSON Schema tells it. */
export const experimentSchemaField = record({
  ...frame,
  load: either([singleLoadField, requestsLoadField, scenariosLoadField, scriptLoadField]).describe(
    'who asks for what, and how often: one scenario, several by name, or a k6 script',
  ),
  vary: varyField.optional(),
  thresholds: thresholdsField.optional().describe("k6's thresholds: expressions by metric"),
  events: list(eventField).optional().describe('failures and changes on the clock'),
  measured: measuredField.optional().describe('real runs to hold the prediction against'),
});

/** The keys of an experiment, which `vary` tells from those of a model. */
export const EXPERIMENT_KEYS: readonly string[] = Object.keys(experimentField.shape);

/** Which form of load `value` is: several scenarios, a script, or one scenario, whose executor may bring its own requests. */
export function loadFormOf(value: unknown): 'scenarios' | 'script' | 'single' | 'requests' {
  const load = mappingOf(value);
  if (namesBringing(load)) return 'requests';
  if (Object.hasOwn(load, 'executor')) return 'single';
  if (Object.hasOwn(load, 'scenarios')) return 'scenarios';
  if (Object.hasOwn(load, 'script')) return 'script';
  const misspelt = Object.keys(load).some((key) => didYouMean(key, ['scenarios']) !== undefined);
  return misspelt ? 'scenarios' : 'single';
}
