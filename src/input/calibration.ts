/** The `calibration:` section of a model: which of its values were fitted to which real runs, and how well they are known. */
import {
  type Checked,
  count,
  duration,
  either,
  fail,
  list,
  mapOf,
  number,
  record,
  text,
} from '../options/fields.js';

/** A number, or a duration with its unit. */
const amountField = () => either([number(), duration()]);

const valueField = record({
  value: amountField().describe('as it stands in the model: a number, or a duration'),
  interval: list(amountField())
    .optional()
    .describe('its 95 % interval, [low, high]; absent where it was not identified'),
  spread: number({ min: 0, max: 10 })
    .optional()
    .describe('relative standard deviation between takes of one run: the drift of the machine'),
  source: text().describe('what identified it, or why nothing did'),
}).transform(({ value, interval, ...rest }, context) => {
  const [low, high, third] = interval ?? [value, value];
  if (low !== undefined && high !== undefined && third === undefined) {
    return { ...rest, value, interval: interval && ([low, high] as const) };
  }
  fail(context, interval, 'a list of two: [low, high]', undefined, ['interval']);
  return { ...rest, value, interval: undefined };
});

const runField = record({
  run: text().describe('name of the experiment'),
  takes: count({ min: 1 }).describe('how often it was measured'),
  data: text().describe('sha256 of the measured files'),
  measured: mapOf(either([text(), number()]).transform(String))
    .default({})
    .describe('versions of what was measured'),
});

/** `calibration:` */
export const calibrationField = record({
  model: text().describe('sha256 of the model with unknowns that this one was made from'),
  runs: list(runField).describe('what it was fitted to'),
  discrepancy: mapOf(number({ min: 0, max: 10 }))
    .optional()
    .describe("how far the model itself is from reality, by k6's metric: relative standard deviation"),
  values: mapOf(valueField).describe('by path into this model'),
  hash: text().describe('sha256 of this model, without this line'),
}).describe('written by `sim calibrate`: fitted values with their 95 % intervals');

/**
 * A checked `calibration:`. Amounts at paths of durations are ns, all others plain numbers; put one back into the model's plain
 * data with {@link writtenAmount}.
 */
export type CalibrationSpec = Checked<typeof calibrationField>;

/** What a model's plain data has where `written` stands, but of another amount: `0.31ms` and 400000 give `400000ns`. */
export function writtenAmount(written: unknown, amount: number): string | number {
  return typeof written === 'number' ? amount : `${amount.toFixed(0)}ns`;
}
