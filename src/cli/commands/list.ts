import type { Command } from 'commander';
import { didYouMean, toJsonSchema } from '../../options/fields.js';
import type { PlugDescription } from '../../options/plug.js';
import type { CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { PLUG_KINDS } from '../plugs.js';

/** `sim list [KIND|NAME]` */
export function addList(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description(
      'show what files may name: executors, algorithms, distributions, failures, ... with their options',
    )
    .argument('[what]', `a kind (${Object.keys(PLUG_KINDS).join(', ')}) or a name`)
    .option('--json', 'print one JSON object instead of text')
    .action((what: string | undefined, options: { json?: true }) => {
      const chosen = choose(what);
      if (options.json) context.console.out(JSON.stringify(toJson(chosen), null, 2));
      else if (what === undefined) printSummaries(chosen, context);
      else printDetails(chosen, context);
    });
}

type Choice = readonly { readonly kind: string; readonly plugs: readonly PlugDescription[] }[];

function choose(what: string | undefined): Choice {
  const kinds = Object.entries(PLUG_KINDS).map(([kind, { plugs }]) => ({ kind, plugs }));
  if (what === undefined) return kinds;
  const kind = kinds.find((candidate) => candidate.kind === what);
  if (kind !== undefined) return [kind];
  const named = kinds
    .map(({ kind: name, plugs }) => ({ kind: name, plugs: plugs.filter((plug) => plug.name === what) }))
    .filter(({ plugs }) => plugs.length > 0);
  if (named.length > 0) return named;
  const names = kinds.flatMap(({ kind: name, plugs }) => [name, ...plugs.map((plug) => plug.name)]);
  throw new UsageError(
    `nothing is named ${JSON.stringify(what)}`,
    didYouMean(what, names) ?? 'sim list shows everything',
  );
}

function printSummaries(choice: Choice, { console }: CommandContext): void {
  const { bold } = console.colours;
  for (const { kind, plugs } of choice) {
    const width = Math.max(...plugs.map((plug) => plug.name.length));
    console.out(bold(PLUG_KINDS[kind]!.title));
    for (const plug of plugs) console.out(`  ${plug.name.padEnd(width)}  ${plug.summary}`);
    console.out('');
  }
  console.out('sim list NAME shows the options of one, with units, defaults and an example.');
}

function printDetails(choice: Choice, { console }: CommandContext): void {
  const { bold, dim } = console.colours;
  for (const { kind, plugs } of choice) {
    for (const plug of plugs) {
      console.out(`${bold(plug.name)} ${dim(`(${kind})`)}`);
      console.out(`  ${plug.summary}`);
      console.out(`  ${dim('source:')} ${plug.source}`);
      for (const line of optionLines(plug)) console.out(`    ${line}`);
      console.out(`  ${dim('example:')} ${plug.example.replaceAll('\n', '\n    ')}`);
      console.out('');
    }
  }
}

interface Property {
  readonly unit?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

function propertiesOf(plug: PlugDescription): Readonly<Record<string, Property>> {
  return (toJsonSchema(plug.options).properties ?? {}) as Readonly<Record<string, Property>>;
}

function optionLines(plug: PlugDescription): string[] {
  const properties = Object.entries(propertiesOf(plug));
  const width = Math.max(0, ...properties.map(([name]) => name.length));
  return properties.map(([name, property]) => {
    const kind = property.enum?.join(' | ') ?? property.unit ?? property.type ?? '';
    const hasDefault = property.default !== undefined;
    const facts = [kind, hasDefault ? `default ${defaultText(property.default)}` : ''].filter(
      (fact) => fact !== '',
    );
    const text = [facts.join(', '), property.description ?? ''].filter((part) => part !== '').join(': ');
    return `${name.padEnd(width)}  ${text}`.trimEnd();
  });
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toJson(choice: Choice): Record<string, unknown> {
  return Object.fromEntries(
    choice.map(({ kind, plugs }) => [
      kind,
      plugs.map(({ name, summary, source, example, options }) => {
        const { $schema: _, ...schema } = toJsonSchema(options);
        return { name, summary, source, example, options: schema };
      }),
    ]),
  );
}
