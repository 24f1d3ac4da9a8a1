import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Calibration } from '../../metrics/calibration.js';
import { fittedTable, residualTable } from '../../report/calibration-table.js';
import { canonicalJson } from '../../report/canonical.js';
import { consoleTable } from '../../report/table.js';
import { formatPercent } from '../../report/text.js';
import { calibratedFile, calibratedModelText, calibrateWatched, readCalibration } from '../calibrating.js';
import type { CommandContext } from '../context.js';
import { crossValidate } from '../cross-validation.js';
import { discrepancyOf } from '../discrepancy.js';
import { ExitCode } from '../exit-codes.js';
import { writeFiles } from '../results.js';

/** Beyond this many standard deviations, on average, what was fitted explains nothing. */
const MISFIT_MAX = 2;

type Software = Readonly<Record<string, string>>;

interface CalibrateCommandOptions {
  readonly measured: readonly string[];
  readonly out?: string;
  readonly software: Software;
  readonly json?: true;
  readonly leaveOneOut?: string;
  readonly crossValidation?: string;
  readonly prometheus?: string;
}

/** `sim calibrate MODEL --measured FILE_OR_DIR...` */
export function addCalibrate(program: Command, context: CommandContext): void {
  program
    .command('calibrate')
    .description('fit the unknowns of a model (`?`, `fit:`) to real runs, and write the calibrated model')
    .argument('<model>', 'a model with unknowns')
    .requiredOption(
      '--measured <file_or_directory...>',
      'experiments with `measured:`; a file counts whatever model it names, of a directory those that name the model or the output',
    )
    .option('-o, --out <file>', 'the calibrated model (default: MODEL.calibrated.yaml)')
    .addOption(
      new Option('--software <name=version>', 'version of what was measured; may be repeated')
        .argParser(collectVersion)
        .default({}, 'none'),
    )
    .option(
      '--leave-one-out <file>',
      'instead: predict each run by a fit to the others; rows go to this JSON file, where the same command goes on after Ctrl-C',
    )
    .addOption(
      new Option(
        '--cross-validation <file>',
        "rows of an earlier --leave-one-out: how far they are off becomes the model's `calibration.discrepancy`",
      ).conflicts('leaveOneOut'),
    )
    .option(
      '--prometheus <url>',
      'ask this Prometheus about the time of each take, in place of its saved answers: http://localhost:9090',
    )
    .option('--json', 'print one JSON object instead of text')
    .action(async (file: string, options: CalibrateCommandOptions) => {
      const models = [file, ...(options.out === undefined ? [] : [options.out])];
      const discrepancy =
        options.crossValidation === undefined ? undefined : discrepancyOf(options.crossValidation);
      const input = await readCalibration(file, options.measured, models, options.prometheus);
      if (options.leaveOneOut !== undefined) {
        const rows = await crossValidate(input, options.leaveOneOut, context);
        if (rows === undefined) context.exitWith(ExitCode.interrupted);
        else
          context.console.out(`${rows.rows.length} rows of ${rows.runs.length} runs: ${options.leaveOneOut}`);
        return;
      }
      const found = await calibrateWatched(input, context);
      if (found === undefined) {
        context.exitWith(ExitCode.interrupted);
        return;
      }
      const { calibration } = found;
      const content = calibratedModelText(input.model, found, {
        software: options.software,
        discrepancy,
      });
      const target = options.out ?? calibratedFile(input.model);
      writeFiles(path.dirname(target), [{ name: path.basename(target), content }]);
      if (options.json)
        context.console.out(
          canonicalJson({ ...calibration, ...(discrepancy && { discrepancy }), file: target }).trimEnd(),
        );
      else print(calibration, target, context);
    });
}

function collectVersion(text: string, before: Software): Software {
  const [, name, version] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) {
    throw new InvalidArgumentError('It is a name and a version: nginx=1.22.1.');
  }
  return { ...before, [name]: version };
}

function print(calibration: Calibration, target: string, { console }: CommandContext): void {
  const { bold, dim } = console.colours;
  console.out(bold('Fitted values'));
  console.out(consoleTable(fittedTable(calibration), console.style));
  console.out(bold('The runs it was fitted to: measured → fitted'));
  console.out(consoleTable(residualTable(calibration), console.style));
  for (const { path: at, reason, measurement } of calibration.unidentified) {
    console.out(`not identified: ${at}, for ${reason}`);
    console.out(`  to identify it: ${measurement}`);
  }
  const { spread, background, simulations, observations, misfit, runs } = calibration;
  console.out(`The machine's speed differs by ${formatPercent(spread)} between takes of one run.`);
  if (background !== undefined) {
    console.out(
      `Beside requests the instances used ${formatPercent(background)} of a core: scrapes and timers.`,
    );
  }
  console.out(
    `${observations} numbers of ${runs.length} runs, met within ${misfit.toFixed(2)} of what their takes and the model allow; ${simulations} simulations.`,
  );
  if (misfit > MISFIT_MAX) {
    console.out(
      'The model cannot be brought to these runs: what it holds as known is wrong, or a mechanism is missing. Do not trust the values.',
    );
  }
  console.out(dim(`written to ${target}`));
}
