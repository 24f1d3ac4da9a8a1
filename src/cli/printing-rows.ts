import { distributionTable, ownCpuTable, takesTable } from '../report/accuracy-table.js';
import { prometheusTable } from '../report/prometheus-table.js';
import { consoleTable } from '../report/table.js';
import type { FullComparison } from './comparing.js';
import type { CommandContext } from './context.js';

/** Prints what a comparison tells take by take, and how far the distributions lie apart. */
export function printRows(
  { comparison, rows, ownCpu, prometheus }: FullComparison,
  { console }: Pick<CommandContext, 'console'>,
): void {
  console.out(consoleTable(takesTable(rows, ownCpu), console.style));
  if (ownCpu !== undefined && ownCpu.length > 0)
    console.out(consoleTable(ownCpuTable(ownCpu), console.style));
  if (prometheus.length > 0) console.out(consoleTable(prometheusTable(prometheus), console.style));
  const { distributions = [] } = comparison;
  if (distributions.length > 0) console.out(consoleTable(distributionTable(distributions), console.style));
}
