import path from 'node:path';
import { type Command, Option } from 'commander';
import { didYouMean } from '../../options/fields.js';
import { charts } from '../../report/charts/index.js';
import { formats } from '../../report/formats/index.js';
import type { CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { readResult, writeFiles } from '../results.js';

interface PlotOptions {
  readonly out?: string;
  readonly format: string;
  readonly chart?: readonly string[];
}

const FORMATS = formats.map((format) => format.name);
const CHARTS = charts.map((chart) => chart.name);

/** `sim plot RESULT` */
export function addPlot(program: Command, { console }: CommandContext): void {
  program
    .command('plot')
    .description('draw a result again: charts, tables, a page')
    .argument('<result>', 'result.json, or its directory')
    .addOption(new Option('-f, --format <format>', 'form of the output').choices(FORMATS).default('svg'))
    .option('--chart <name>', `draw only this one (${CHARTS.join(', ')}); may be repeated`, collectChart)
    .option('-o, --out <directory>', 'where files go (default: beside the result)')
    .action(async (given: string, options: PlotOptions) => {
      const { result, directory } = readResult(given);
      const format = formats.find((candidate) => candidate.name === options.format)!;
      const files = await format.render(result, options.chart === undefined ? {} : { charts: options.chart });
      const target = options.out ?? directory;
      writeFiles(target, files);
      if (files.length === 0) console.error('the result has nothing to show in these charts');
      for (const { name } of files) console.out(path.join(target, name));
    });
}

function collectChart(name: string, before: readonly string[] = []): readonly string[] {
  if (!CHARTS.includes(name))
    throw new UsageError(`unknown chart: ${JSON.stringify(name)}`, didYouMean(name, CHARTS));
  return [...before, name];
}
