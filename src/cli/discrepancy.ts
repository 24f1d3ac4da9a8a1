import { modelDiscrepancy } from '../experiment/prediction-interval.js';
import { isJsonObject, parseJsonDocument } from '../input/json-document.js';
import { readSource } from '../input/source.js';
import { ACCURACY_METRICS, type AccuracyMetric } from '../metrics/accuracy.js';
import { UsageError } from './failure.js';
import { diskFiles } from './files.js';

type Row = Parameters<typeof modelDiscrepancy>[0][number];

const EXPECTED = 'what `sim calibrate --leave-one-out` wrote: { rows: [...] }';
const HINT = `name ${EXPECTED}`;
/** Four digits are more than 95 % of some hundred rows know. */
const DIGITS = 4;
/** As a model's `calibration.discrepancy` allows. */
const DISCREPANCY_MAX = 10;

/**
 * How far a model is from runs that it was not fitted to, by metric: what `calibration.discrepancy` says.
 * @param file rows of a cross-validation.
 * @throws InputError where there is no such file or it is no JSON, UsageError where it has no such rows.
 */
export function discrepancyOf(file: string): Readonly<Record<string, number>> {
  const value = parseJsonDocument(file, readSource(diskFiles, file).text, EXPECTED);
  const rows: unknown = isJsonObject(value) ? value.rows : undefined;
  if (!Array.isArray(rows) || rows.length === 0) throw new UsageError(`${file} has no rows`, HINT);
  const wrong = rows.findIndex((row) => !isRow(row));
  if (wrong >= 0) {
    const got = JSON.stringify(rows[wrong]).slice(0, 80);
    throw new UsageError(`rows[${wrong}] of ${file} is no row of a cross-validation: ${got}`, HINT);
  }
  const found = Object.entries(modelDiscrepancy(rows as Row[]));
  const [far] = found.filter(([, amount]) => !(amount <= DISCREPANCY_MAX));
  if (far !== undefined) {
    throw new UsageError(
      `by the rows of ${file} the model is ${far[1].toPrecision(DIGITS)} times off in ${far[0]}, more than ${DISCREPANCY_MAX}`,
      'a model that is so far off is no prediction',
    );
  }
  return Object.fromEntries(found.map(([metric, amount]) => [metric, Number(amount.toPrecision(DIGITS))]));
}

function isRow(row: unknown): row is Row {
  if (!isJsonObject(row)) return false;
  const { metric, measured, predicted, interval } = row;
  const isInterval = Array.isArray(interval) && interval.length === 2 && interval.every(Number.isFinite);
  return (
    ACCURACY_METRICS.includes(metric as AccuracyMetric) &&
    Number.isFinite(measured) &&
    Number.isFinite(predicted) &&
    isInterval
  );
}
