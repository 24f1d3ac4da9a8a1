import { analyse } from './analyse.js';
import { isApiModule, SIMULATED_MODULES } from './api.js';
import { type ExportedName, exportsOf } from './exports.js';
import { DEFAULT_EXPORT, type ModuleFacts, type ProgramFacts } from './facts.js';
import { DEFAULT_NAME } from './functions.js';
import { childrenOf, type ParsedText, parseText, SyntaxMistake, type SyntaxNode } from './parse.js';
import { refuse } from './refusals.js';
import type { Binding } from './scope.js';
import { ScriptError } from './script-error.js';
import { refuseStiff } from './stiff.js';
import { stripTypes } from './typescript.js';

/** Where a script's modules come from; ids are URLs or absolute paths, in whatever form the provider likes. */
export interface ModuleProvider {
  /** The id of the module that `specifier` names in the module `from`. @throws ScriptError where it may not be imported. */
  resolve(specifier: string, from: string): string;
  /** Its text. @throws ScriptError where there is none. */
  read(id: string): string;
}

/** A module that was read. */
export interface Module {
  readonly id: string;
  readonly index: number;
  readonly source: string;
  readonly text: string;
  readonly facts: ModuleFacts;
  readonly imports: Record<string, number>;
  readonly exports: readonly ExportedName[];
}

/** Reads a script and all that it imports. */
export class Loader {
  private readonly modules: Module[] = [];
  private readonly byId = new Map<string, number>();

  constructor(
    private readonly program: ProgramFacts,
    private readonly provider: ModuleProvider,
  ) {}

  /** The modules, the script first. @throws ScriptError */
  load(entry: string): readonly Module[] {
    this.add(entry);
    return this.modules;
  }

  private add(id: string): number {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const source = this.provider.read(id);
    const text = id.endsWith('.ts') ? stripTypes(source, id) : source;
    const parsed = parse(text, id);
    refuse(parsed, text, id);
    const facts = analyse(parsed, this.program);
    refuseStiff(facts, text, id);
    const index = this.modules.length;
    const imports: Record<string, number> = {};
    this.byId.set(id, index);
    this.modules.push({ id, index, source, text, facts, imports, exports: exportsOf(facts) });
    for (const specifier of specifiersOf(parsed)) {
      if (isApiModule(specifier)) refuseUnknown(specifier, id);
      else imports[specifier] = this.add(this.provider.resolve(specifier, id));
    }
    return index;
  }
}

function parse(text: string, id: string): ParsedText {
  try {
    return parseText(text);
  } catch (error) {
    if (!(error instanceof SyntaxMistake)) throw error;
    const { message, line, column } = error;
    throw new ScriptError(`SyntaxError: ${id}: Line ${line}:${column} ${message}`, {
      file: id,
      line,
      column,
    });
  }
}

function refuseUnknown(specifier: string, id: string): void {
  if (SIMULATED_MODULES.has(specifier)) return;
  const known = [...SIMULATED_MODULES].join(', ');
  throw new ScriptError(
    `the module "${specifier}" cannot be simulated (imported by ${id}); these can: ${known}`,
  );
}

function specifiersOf({ tree, kind }: ParsedText): string[] {
  if (kind === 'commonjs') return requiredBy(tree);
  return tree.body.flatMap((statement) => {
    if (!('source' in statement) || !statement.source) return [];
    return [String(statement.source.value)];
  });
}

function requiredBy(tree: SyntaxNode): string[] {
  const found: string[] = [];
  walk(tree, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return;
    const [argument] = node.arguments;
    if (node.callee.name !== 'require' || argument?.type !== 'Literal') return;
    if (typeof argument.value === 'string') found.push(argument.value);
  });
  return found;
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

/** Tells every imported name what it stands for, as far as that is a name of another module. */
export function link(modules: readonly Module[]): void {
  for (const module of modules) {
    for (const binding of module.facts.scope.names.values()) {
      if (binding.origin === undefined || isApiModule(binding.origin.specifier)) continue;
      const target = modules[module.imports[binding.origin.specifier]!]!;
      binding.source = findExport(modules, target, binding.origin.imported, 0);
    }
  }
}

/** More hops than any sane chain of re-exports: a cycle ends there. */
const HOPS_MAX = 50;

function findExport(
  modules: readonly Module[],
  module: Module,
  name: string,
  hops: number,
): Binding | undefined {
  if (hops > HOPS_MAX) return undefined;
  const found = module.exports.find((entry) => entry.name === name);
  if (found === undefined) {
    for (const star of module.exports.filter((entry) => entry.name === '*')) {
      const index = module.imports[star.specifier!];
      const binding = index === undefined ? undefined : findExport(modules, modules[index]!, name, hops + 1);
      if (binding !== undefined) return binding;
    }
    return undefined;
  }
  if (found.specifier !== undefined) {
    const index = module.imports[found.specifier];
    return index === undefined ? undefined : findExport(modules, modules[index]!, found.local, hops + 1);
  }
  const local = found.local === DEFAULT_NAME ? DEFAULT_EXPORT : found.local;
  const binding = module.facts.scope.names.get(local);
  return binding?.source ?? binding;
}

/** The names that `export * from` a module exports on; undefined where they are known only as it runs. */
export function starNames(modules: readonly Module[], module: Module, hops: number): string[] | undefined {
  if (module.facts.parsed.kind === 'commonjs' || hops > HOPS_MAX) return undefined;
  const names: string[] = [];
  for (const { name, specifier } of module.exports) {
    if (name !== '*') {
      if (name !== 'default') names.push(name);
      continue;
    }
    const index = module.imports[specifier!];
    const more = index === undefined ? undefined : starNames(modules, modules[index]!, hops + 1);
    if (more === undefined) return undefined;
    names.push(...more);
  }
  return names;
}
