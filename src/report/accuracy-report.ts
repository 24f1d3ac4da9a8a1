import { ACCURACY_METRICS, type AccuracyMetric, type AccuracyRow, coverage } from '../metrics/accuracy.js';
import { type AccuracyRun, type RunError, runErrors, summarizeErrors } from '../metrics/accuracy-run.js';
import { signed } from './accuracy-table.js';

/** What the report is made of. */
export interface AccuracyReport {
  /** As it is named in the text. */
  readonly model: string;
  readonly runs: readonly AccuracyRun[];
  /** Rows of runs that were left out of the calibration that predicts them; `undefined` where nobody made any. */
  readonly crossValidation: readonly AccuracyRow[] | undefined;
  /** Runs that could not be predicted, a line each. */
  readonly refused: readonly string[];
  /** By metric: what `calibration.discrepancy` must say for the intervals to hold 95 % of the runs that the model was fitted to. */
  readonly discrepancy: Readonly<Record<string, number>>;
}

/** The columns that are about errors; p(90) lies between its neighbours. */
const COLUMNS = [
  'rate',
  'avg',
  'med',
  'p(95)',
  'p(99)',
  'failed',
] as const satisfies readonly AccuracyMetric[];

/** The whole report in Markdown; ends with a newline. */
export function accuracyMarkdown(report: AccuracyReport): string {
  const { runs, model, refused, crossValidation } = report;
  const hasOwn = runs.some(({ ownCpuRows }) => ownCpuRows.length > 0);
  const parts = [
    '# How right predictions are',
    `Every run under \`results/measured/\`, predicted from ${model}. Made by \`npm run accuracy\`; the numbers behind it are in \`accuracy.json\` and \`own-cpu.json\`.`,
    '## From the calibration alone',
    `${EXPLAINED}`,
    runTable(runs, ({ rows }) => rows),
    ...(hasOwn
      ? [
          "## Given each run's own CPU per request",
          "The same, at the host speed at which the model takes as much CPU per request as that take did (`process_cpu_seconds_total` over requests): what is left is not the machine's speed of the day.",
          runTable(runs, ({ ownCpuRows }) => ownCpuRows),
        ]
      : []),
    '## Medians and worst',
    'Absolute errors over the runs, each counted once: median / worst (`failed` in percentage points).',
    summaryTable(runs),
    '## How honest the intervals are',
    'Measured values inside their 95 % prediction interval, of all takes.',
    coverageTable(runs),
    discrepancyText(report),
    '## Beside simple methods',
    'Median / worst absolute error over the runs that each method can predict (their number in the second column), and ours over the same runs. All learn from the same runs of one instance.',
    baselineTable(runs),
    ...(crossValidation === undefined
      ? []
      : [
          '## Cross-validation',
          'Each run predicted by a model that was calibrated on all others.',
          runTable(byRun(crossValidation), ({ rows }) => rows),
        ]),
    ...(refused.length === 0 ? [] : ['## Not predicted', refused.map((line) => `- ${line}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What stands in the README: the runs from the calibration alone, the p(95) given the own CPU, and the medians. */
export function readmeTable({ runs }: AccuracyReport): string {
  return [
    runTable(
      runs,
      ({ rows }) => rows,
      ({ ownCpuRows }) => ownCpuRows,
    ),
    summaryTable(runs),
  ].join('\n\n');
}

const EXPLAINED =
  "Signed errors of the run's mean over its takes, and in brackets how far its takes themselves lie apart (largest less smallest); `failed` in percentage points. *Inside*: buckets of time whose measured values lie in their 95 % prediction interval.";

type RowsOf = (run: AccuracyRun) => readonly AccuracyRow[];

function runTable(runs: readonly AccuracyRun[], rowsOf: RowsOf, second?: RowsOf): string {
  const head = ['run', 'takes', 'fitted', ...COLUMNS, 'inside', ...(second ? ['p(95), own CPU'] : [])];
  const lines = runs.flatMap((run) => {
    const rows = rowsOf(run);
    if (rows.length === 0) return [];
    const errors = runErrors(rows);
    const takes = new Set(rows.map((row) => row.run)).size;
    const buckets = coverage(rows.filter(({ bucket }) => bucket !== null));
    const own = second && runErrors(second(run)).find(({ metric }) => metric === 'p(95)');
    return [
      [
        run.run,
        String(takes),
        rows.some(({ calibrated }) => calibrated) ? 'yes' : 'no',
        ...COLUMNS.map((metric) => errorText(errors.find((error) => error.metric === metric))),
        buckets === null ? '-' : percent(buckets, 0),
        ...(second ? [errorText(own)] : []),
      ],
    ];
  });
  return table(head, lines);
}

function errorText(error: RunError | undefined): string {
  if (error === undefined || error.error === null) return '-';
  const unit = error.metric === 'failed' ? 'pp' : '%';
  const digits = error.metric === 'failed' ? 2 : 1;
  const own = `${signed(error.error * 100, digits)} ${unit}`;
  return error.spread === null ? own : `${own} (${(error.spread * 100).toFixed(digits)})`;
}

/** Groups of runs that are summed up apart. */
function groupsOf(runs: readonly AccuracyRun[]): readonly (readonly [string, readonly AccuracyRun[]])[] {
  const isFitted = ({ rows }: AccuracyRun) => rows.some(({ calibrated }) => calibrated);
  const groups = [
    ['all runs', runs],
    ['fitted', runs.filter(isFitted)],
    ['not fitted', runs.filter((run) => !isFitted(run))],
    ['speed-independent', runs.filter(({ isSpeedIndependent }) => isSpeedIndependent)],
    ['speed-independent, not fitted', runs.filter((run) => run.isSpeedIndependent && !isFitted(run))],
  ] as const;
  return groups.filter(([, members]) => members.length > 0);
}

function summaryTable(runs: readonly AccuracyRun[]): string {
  const lines = groupsOf(runs).flatMap(([title, members]) => {
    const line = (name: string, rowsOf: RowsOf) => {
      const errors = members.map((run) => runErrors(rowsOf(run)));
      const cells = COLUMNS.map((metric) =>
        summaryText(
          errors.map((each) => each.find((error) => error.metric === metric)?.error),
          metric,
        ),
      );
      return [name, String(errors.filter((each) => each.length > 0).length), ...cells];
    };
    const own = members.some(({ ownCpuRows }) => ownCpuRows.length > 0);
    return [
      line(title, ({ rows }) => rows),
      ...(own ? [line(`${title}, own CPU`, ({ ownCpuRows }) => ownCpuRows)] : []),
    ];
  });
  return table(['', 'runs', ...COLUMNS], lines);
}

function summaryText(errors: readonly (number | null | undefined)[], metric: AccuracyMetric): string {
  const { median, worst } = summarizeErrors(errors);
  if (median === null || worst === null) return '-';
  if (metric === 'failed') return `${(median * 100).toFixed(2)} / ${(worst * 100).toFixed(2)} pp`;
  return `${percent(median, 1)} / ${percent(worst, 1)}`;
}

function coverageTable(runs: readonly AccuracyRun[]): string {
  const line = (title: string, rows: readonly AccuracyRow[]) => {
    const of = (metric?: AccuracyMetric) => {
      const inside = coverage(rows.filter((row) => metric === undefined || row.metric === metric));
      return inside === null ? '-' : percent(inside, 0);
    };
    return [title, String(rows.length), ...ACCURACY_METRICS.map(of), of()];
  };
  const rows = runs.flatMap((run) => run.rows);
  const own = runs.flatMap((run) => run.ownCpuRows);
  const lines = [
    line(
      'whole runs',
      rows.filter(({ bucket }) => bucket === null),
    ),
    line(
      'buckets',
      rows.filter(({ bucket }) => bucket !== null),
    ),
    ...(own.length === 0
      ? []
      : [
          line(
            'whole runs, own CPU',
            own.filter(({ bucket }) => bucket === null),
          ),
          line(
            'buckets, own CPU',
            own.filter(({ bucket }) => bucket !== null),
          ),
        ]),
  ];
  return table(['', 'values', ...ACCURACY_METRICS, 'all'], lines);
}

function discrepancyText({ discrepancy }: AccuracyReport): string {
  const amounts = ACCURACY_METRICS.flatMap((metric) => {
    const amount = discrepancy[metric];
    return amount === undefined ? [] : [`'${metric}': ${amount.toFixed(3)}`];
  });
  return `With \`discrepancy: { ${amounts.join(', ')} }\` in the model's \`calibration\`, the intervals hold 95 % of the measured values of the runs that it was fitted to (of all runs, where it was fitted to none).`;
}

const BASELINE_COLUMNS = ['rate', 'avg', 'med', 'p(95)'] as const satisfies readonly AccuracyMetric[];

function baselineTable(runs: readonly AccuracyRun[]): string {
  const names = [...new Set(runs.flatMap(({ baselines }) => Object.keys(baselines)))];
  const lines = names.flatMap((name) => {
    const covered = runs.filter(({ baselines }) => baselines[name] !== undefined);
    const errors = (predictedOf: (run: AccuracyRun, error: RunError) => number | undefined) =>
      BASELINE_COLUMNS.map((metric) =>
        summaryText(
          covered.map((run) => {
            const found = runErrors(run.rows).find((error) => error.metric === metric);
            const predicted = found && predictedOf(run, found);
            return predicted === undefined ? null : predicted / found!.measured - 1;
          }),
          metric,
        ),
      );
    return [
      [name, String(covered.length), ...errors((run, { metric }) => run.baselines[name]?.[metric])],
      ['ours', String(covered.length), ...errors((_, { predicted }) => predicted)],
    ];
  });
  return table(['method', 'runs', ...BASELINE_COLUMNS], lines);
}

/** Rows of many takes as runs, sorted by name. */
function byRun(rows: readonly AccuracyRow[]): AccuracyRun[] {
  const nameOf = (take: string) => take.replace(/-[a-z]$/, '');
  const names = [...new Set(rows.map(({ run }) => nameOf(run)))].sort();
  return names.map((run) => ({
    run,
    rows: rows.filter((row) => nameOf(row.run) === run),
    ownCpuRows: [],
    isSpeedIndependent: false,
    baselines: {},
  }));
}

function percent(ratio: number, digits: number): string {
  return `${(ratio * 100).toFixed(digits)} %`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...lines.map(line)].join(
    '\n',
  );
}
