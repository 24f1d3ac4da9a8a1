import { isApiModule } from './api.js';
import type { Module } from './link.js';
import { nameOfKey } from './names.js';
import type { SyntaxNode } from './parse.js';
import { ScriptError } from './script-error.js';

/** A name that is imported from a module that does not export it: k6 finds it as it links, and ends with a script exception. */
export class MissingExport extends ScriptError {}

/** Refuses imports of what their modules do not export. @throws MissingExport in k6's words */
export function refuseMissing(modules: readonly Module[]): void {
  for (const module of modules) {
    for (const statement of module.facts.parsed.tree.body) {
      for (const { specifier, name } of importsOf(statement)) {
        const target = modules[module.imports[specifier] ?? -1];
        if (target !== undefined && !hasExport(modules, target, name, 0)) {
          throw missing(
            module,
            statement,
            `The requested module ${JSON.stringify(specifier)} does not provide an export named ${JSON.stringify(name)}`,
          );
        }
      }
    }
  }
}

interface ImportedName {
  readonly specifier: string;
  readonly name: string;
}

/** The names that a statement imports, or exports on. */
function importsOf(statement: SyntaxNode): ImportedName[] {
  if (statement.type === 'ImportDeclaration') {
    const specifier = String(statement.source.value);
    return statement.specifiers.flatMap((entry): ImportedName[] => {
      if (entry.type === 'ImportNamespaceSpecifier') return [];
      const name = entry.type === 'ImportDefaultSpecifier' ? 'default' : nameOfKey(entry.imported)!;
      return [{ specifier, name }];
    });
  }
  if (statement.type !== 'ExportNamedDeclaration' || !statement.source) return [];
  const specifier = String(statement.source.value);
  return statement.specifiers.map(({ local }) => ({ specifier, name: nameOfKey(local)! }));
}

/** More hops than any sane chain of re-exports: a cycle ends there. */
const HOPS_MAX = 50;

/** What a CommonJS module exports is known only as it runs. */
function hasExport(modules: readonly Module[], module: Module, name: string, hops: number): boolean {
  if (module.facts.parsed.kind === 'commonjs' || hops > HOPS_MAX) return true;
  const found = module.exports.find((entry) => entry.name === name);
  if (found !== undefined) {
    const { specifier, local } = found;
    if (specifier === undefined || local === '*' || isApiModule(specifier)) return true;
    return hasExport(modules, modules[module.imports[specifier]!]!, local, hops + 1);
  }
  if (name === 'default') return false;
  return module.exports.some(
    ({ name: star, specifier }) =>
      star === '*' &&
      specifier !== undefined &&
      (isApiModule(specifier) || hasExport(modules, modules[module.imports[specifier]!]!, name, hops + 1)),
  );
}

function missing({ id, text }: Module, statement: SyntaxNode, problem: string): MissingExport {
  const before = text.slice(0, statement.start).split('\n');
  const [line, column] = [before.length, before.at(-1)!.length + 1];
  // sobek's own reckoning: one column too far, then the module itself.
  const stack = `\n\tat ${id}:${line}:${column + 1}\n\tat ${id}:1:1\n`;
  return new MissingExport(`SyntaxError: ${problem}${stack}`, { file: id, line, column });
}
