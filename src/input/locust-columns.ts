import type { MetricValues } from '../metrics/result.js';
import type { TableRow } from './csv-table.js';
import { requestRoute } from './request-route.js';

/** The route of a row of locust's files: `GET /cpu`, or the name that the script gave. */
export function locustRoute(row: TableRow, methodColumn = 'Type'): string {
  return requestRoute(row.text(methodColumn), row.text('Name'));
}

/** Statistics by the names of their columns, `prefix` before them; times in ms. Locust's percentiles are those of buckets of two digits. */
const COLUMNS = [
  ['avg', 'Average Response Time'],
  ['min', 'Min Response Time'],
  ['med', 'Median Response Time'],
  ['max', 'Max Response Time'],
] as const;

/** Locust's percentile columns under k6's names. */
const PERCENTILES = [
  ['p(90)', '90%'],
  ['p(95)', '95%'],
  ['p(99)', '99%'],
  ['p(99.9)', '99.9%'],
  ['p(99.99)', '99.99%'],
] as const;

/** The response times of a row, as far as its columns tell them. */
export function locustTrend(
  row: TableRow,
  { prefix, count }: { readonly prefix: '' | 'Total '; readonly count: number },
): MetricValues {
  const values: Record<string, number> = {};
  // The history's percentiles are of the last seconds only, or of all: its header does not tell which.
  const columns = prefix === '' ? [...COLUMNS, ...PERCENTILES] : COLUMNS;
  for (const [name, column] of columns) {
    const value = row.number(`${prefix}${column}`);
    if (value !== undefined) values[name] = value;
  }
  return { ...values, count };
}
