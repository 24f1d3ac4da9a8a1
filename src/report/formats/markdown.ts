import { record } from '../../options/fields.js';
import type { FormatPlug } from '../format.js';
import { instanceTable, markdownTable, variantTable } from '../table.js';
import { verdicts } from '../verdict.js';

/** Tables and verdict for a README or a pull request. */
export const markdown: FormatPlug = {
  name: 'markdown',
  summary: 'the table of variants, the verdict and the table of instances',
  source: 'GitHub Flavored Markdown 0.29',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format markdown',
  extension: 'md',
  render: async (result) => {
    const instances = instanceTable(result);
    const parts = [
      `# ${result.title}`,
      markdownTable(variantTable(result)),
      verdicts(result)
        .map(({ label, sentences }) => `- **${label}**: ${sentences.join(' ')}`)
        .join('\n'),
      ...(instances.rows.length > 0 ? ['## Instances', markdownTable(instances)] : []),
      `\`${result.experiment}\`, clustersim ${result.version}, seed ${result.seed}, inputs \`${result.inputs}\``,
    ];
    return [{ name: 'report.md', content: `${parts.join('\n\n')}\n` }];
  },
};
