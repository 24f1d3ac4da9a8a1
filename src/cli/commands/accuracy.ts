import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { accuracyMarkdown, readmeTable } from '../../report/accuracy-report.js';
import { canonicalJson } from '../../report/canonical.js';
import { measureAccuracy } from '../accuracy/measure.js';
import type { CommandContext } from '../context.js';
import { writeFiles } from '../results.js';

interface AccuracyOptions {
  readonly runs: readonly string[];
  readonly model: string;
  readonly out: string;
  readonly readme?: string;
  readonly ownCpu: boolean;
  readonly plots: boolean;
}

const MODEL = 'models/shop.calibrated.yaml';
const CROSS_VALIDATION = 'cross-validation.json';

/** `sim accuracy`: what `npm run accuracy` runs; not among the commands that help shows, for it is about this repository. */
export function addAccuracy(program: Command, context: CommandContext): void {
  program
    .command('accuracy', { hidden: true })
    .description('predict all recorded runs of the lab, and tell the errors')
    .option('--runs <directory...>', 'folders of runs, or runs themselves', ['results/measured'])
    .option('--model <file>', 'the calibrated model', MODEL)
    .option('-o, --out <directory>', 'where the results go', 'results/accuracy')
    .option('--readme <file>', 'a file whose table between the markers is replaced')
    .option('--no-own-cpu', 'leave out the predictions given the own CPU per request')
    .option('--no-plots', 'draw no charts')
    .action(async (options: AccuracyOptions) => {
      const { runs, refused, charts, takes, discrepancy } = await measureAccuracy(context, options);
      const crossValidation = readRows(path.join(options.out, CROSS_VALIDATION));
      const lines = refused.map(({ folder, unknown }) => `${path.basename(folder)}: ${unknown.join('; ')}`);
      const report = {
        model: path.basename(options.model),
        runs,
        crossValidation,
        refused: lines,
        discrepancy,
      };
      writeFiles(options.out, [
        { name: 'accuracy.json', content: canonicalJson({ rows: runs.flatMap(({ rows }) => rows) }) },
        ...(options.ownCpu
          ? [
              {
                name: 'own-cpu.json',
                content: canonicalJson({ takes, rows: runs.flatMap((run) => run.ownCpuRows) }),
              },
            ]
          : []),
        { name: 'README.md', content: accuracyMarkdown(report) },
        ...charts,
      ]);
      if (options.readme !== undefined && !replaceTable(options.readme, readmeTable(report))) {
        context.console.error(
          `${options.readme} has no place for the table: write ${BEGIN} and ${END} around it`,
        );
      }
      for (const line of lines) context.console.error(`not predicted: ${line}`);
      context.console.out(readmeTable(report));
    });
}

function readRows(file: string) {
  if (!existsSync(file)) return undefined;
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: Parameters<typeof accuracyMarkdown>[0]['crossValidation'];
  };
  return rows;
}

const BEGIN = '<!-- accuracy: made by npm run accuracy -->';
const END = '<!-- /accuracy -->';

/** False where the file has no place for it. */
function replaceTable(file: string, table: string): boolean {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) return false;
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`);
  return true;
}
