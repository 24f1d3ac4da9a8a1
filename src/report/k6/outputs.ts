import { CSV_TIME_FORMATS, type CsvTimeFormat } from './csv-points.js';

/** A file of samples, as `--out` names it. */
export interface PointsOutput {
  readonly type: 'json' | 'csv';
  /** Compressed where it ends in `.gz`; `-` is stdout. */
  readonly file: string;
  /** Of a CSV. */
  readonly timeFormat: CsvTimeFormat;
  /** As the description before the run has it. */
  readonly description: string;
}

/** Types of outputs that k6 v1.8.1 has; of these, files are written here. */
const TYPES = [
  'cloud',
  'csv',
  'experimental-opentelemetry',
  'experimental-prometheus-rw',
  'influxdb',
  'json',
  'opentelemetry',
  'statsd',
  'web-dashboard',
] as const;

/** Why an output cannot be: in k6's words where k6 would say it; exit code 255. */
export class OutputError extends Error {}

/**
 * Reads the argument of `--out`: `json=points.json.gz`, `csv`, `csv=fileName=points.csv,timeFormat=rfc3339`.
 *
 * @param environment `K6_CSV_FILENAME` and `K6_CSV_TIME_FORMAT` are looked at.
 * @throws OutputError
 */
export function parseOutput(
  argument: string,
  environment: Readonly<Record<string, string>> = {},
): PointsOutput {
  const at = argument.indexOf('=');
  const [type, rest] = at < 0 ? [argument, ''] : [argument.slice(0, at), argument.slice(at + 1)];
  if (type === 'json') return jsonOutput(rest);
  if (type === 'csv') return csvOutput(rest, environment);
  if ((TYPES as readonly string[]).includes(type)) {
    throw new OutputError(
      `the output type '${type}' sends samples over a network, which a simulated run has not`,
    );
  }
  throw new OutputError(`invalid output type '${type}', available types are: ${TYPES.join(', ')}`);
}

function jsonOutput(file: string): PointsOutput {
  const isStdout = file === '' || file === '-';
  const description = isStdout ? 'json(stdout)' : `json (${file})`;
  return { type: 'json', file: isStdout ? '-' : file, timeFormat: 'unix', description };
}

/** Name of the file where nobody gives one (internal/output/csv/config.go). */
const CSV_FILE = 'file.csv';

function csvOutput(argument: string, environment: Readonly<Record<string, string>>): PointsOutput {
  let file = environment.K6_CSV_FILENAME ?? CSV_FILE;
  let format = environment.K6_CSV_TIME_FORMAT ?? 'unix';
  if (argument !== '' && !argument.includes('=')) file = argument;
  for (const pair of argument.includes('=') ? argument.split(',') : []) {
    const at = pair.indexOf('=');
    const [key, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') throw new OutputError(`couldn't parse "${argument}" as argument for csv output`);
    if (key === 'fileName') file = value;
    else if (key === 'timeFormat') format = value;
    else if (key !== 'saveInterval') {
      throw new OutputError(`unknown key "${key}" as argument for csv output`);
    }
  }
  const timeFormat = CSV_TIME_FORMATS.find((name) => name === format.toLowerCase());
  if (timeFormat === undefined) throw new OutputError(`${format} does not belong to TimeFormat values`);
  const isStdout = file === '' || file === '-';
  return {
    type: 'csv',
    file: isStdout ? '-' : file,
    timeFormat,
    description: isStdout ? 'csv (stdout)' : `csv (${file})`,
  };
}
