import { Argument, type Command } from 'commander';
import { experimentSchema, modelSchema } from '../../input/schema.js';
import type { CommandContext } from '../context.js';

/** `sim schema model|experiment` */
export function addSchema(program: Command, { console }: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of a file, with which editors complete and check')
    .addArgument(new Argument('<file>', 'kind of file').choices(['experiment', 'model']))
    .addHelpText(
      'after',
      '\nIn an editor with a YAML language server, write on the first line of a file:\n  # yaml-language-server: $schema=./experiment.schema.json',
    )
    .action((kind: 'experiment' | 'model') => {
      console.out(JSON.stringify(kind === 'model' ? modelSchema() : experimentSchema(), null, 2));
    });
}
