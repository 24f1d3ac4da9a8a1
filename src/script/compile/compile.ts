import { analyse, DEFAULT_EXPORT, type ModuleFacts, ProgramFacts } from './analyse.js';
import { isApiModule } from './api.js';
import { type ExportedName, exportsOf, type ModuleLinks } from './exports.js';
import { DEFAULT_NAME } from './functions.js';
import { ownGlobalsOf } from './globals.js';
import { type ParsedText, parseText, SyntaxMistake, type SyntaxNode } from './parse.js';
import { PlaceFinder } from './places.js';
import { refuse } from './refusals.js';
import { Reach } from './resumable.js';
import { rewriteModule } from './rewrite.js';
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

/** A module, compiled. */
export interface CompiledModule {
  readonly id: string;
  readonly kind: 'module' | 'commonjs';
  /** True: it awaits at its top level. */
  readonly async: boolean;
  /**
   * An expression: a function that is called once with the runtime, and returns what is called once per virtual user with the
   * module's record.
   */
  readonly text: string;
  /** As it was written. */
  readonly source: string;
  /** Finds places of `text` in the script. */
  readonly places: PlaceFinder;
  /** Which module each specifier names; k6's own are left out. */
  readonly imports: Readonly<Record<string, number>>;
}

/** A whole script, compiled; the first module is the script itself. */
export interface CompiledScript {
  readonly modules: readonly CompiledModule[];
}

interface Module {
  readonly id: string;
  readonly index: number;
  readonly source: string;
  readonly text: string;
  readonly facts: ModuleFacts;
  readonly imports: Record<string, number>;
  readonly exports: readonly ExportedName[];
}

/** Compiles a script and everything that it imports. @throws ScriptError */
export function compileScript(entry: string, provider: ModuleProvider): CompiledScript {
  const program = new ProgramFacts();
  const modules = new Loader(program, provider).load(entry);
  link(modules);
  const reach = new Reach(program);
  const ownGlobals = ownGlobalsOf(modules.map(({ facts }) => facts));
  return { modules: modules.map((module) => emit(module, modules, reach, ownGlobals)) };
}

class Loader {
  private readonly modules: Module[] = [];
  private readonly byId = new Map<string, number>();

  constructor(
    private readonly program: ProgramFacts,
    private readonly provider: ModuleProvider,
  ) {}

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
      if (!isApiModule(specifier)) imports[specifier] = this.add(this.provider.resolve(specifier, id));
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
  for (const value of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null && 'type' in item) walk(item as SyntaxNode, visit);
    }
  }
}

/** Tells every imported name what it stands for, as far as that is a name of another module. */
function link(modules: readonly Module[]): void {
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

/** The names of the runtime that compiled text uses; see the prelude's `runtime`. */
const RUNTIME_NAMES = [
  '$$k',
  '$$n',
  '$$l',
  '$$W',
  '$$s',
  '$$p',
  '$$f',
  '$$o',
  '$$j',
  '$$w',
  '$$y',
  '$$x',
  '$$of',
  '$$pulls',
  '$$promise',
  '$$key',
  '$$parts',
  ...['0', '1', '2', '3', 'a'].flatMap((arity) => [`$$c${arity}`, `$$m${arity}`, `$$v${arity}`]),
];

function emit(
  module: Module,
  modules: readonly Module[],
  reach: Reach,
  ownGlobals: ReadonlySet<string>,
): CompiledModule {
  const { id, source, facts, imports, text } = module;
  const { kind, tree } = facts.parsed;
  const links = linksOf(module, modules);
  const code = rewriteModule({ text, facts, reach, links, ownGlobals });
  const body = code.toString();
  const isAsync = kind === 'module' && topLevelAwait(tree);
  const used = RUNTIME_NAMES.filter((name) => body.includes(name)).map(
    (name) => `${name} = $$r.${name.slice(2)}`,
  );
  const constants = used.length === 0 ? '' : `const ${used.join(', ')};`;
  const parameters = kind === 'commonjs' ? '$$m, module, exports, require' : '$$m';
  const imported = links.declarations.length === 0 ? '' : `const ${links.declarations.join(', ')};`;
  const head = `(function ($$r) { "use strict";${constants}${links.constants} return function${isAsync ? '*' : ''} (${parameters}) {${imported}`;
  code.prepend(head).append('\n}; })');
  const compiled = code.toString();
  const places = new PlaceFinder(code, compiled, facts, text);
  return { id, kind, async: isAsync, text: compiled, source, imports, places };
}

function topLevelAwait(tree: SyntaxNode): boolean {
  return tree.type === 'Program' && tree.body.some((statement) => awaits(statement));
}

function awaits(node: SyntaxNode): boolean {
  if (node.type === 'AwaitExpression') return true;
  if (/Function/.test(node.type)) return false;
  return Object.values(node).some((value: unknown) => {
    const items = Array.isArray(value) ? value : [value];
    return items.some(
      (item) => typeof item === 'object' && item !== null && 'type' in item && awaits(item as SyntaxNode),
    );
  });
}

/** `.name`, or `["any text"]`. */
function memberText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

interface EmittedLinks extends ModuleLinks {
  /** k6's own imports, the same for all virtual users. */
  readonly constants: string;
  /** Variables for the modules of the script. */
  readonly declarations: string[];
}

function linksOf(module: Module, modules: readonly Module[]): EmittedLinks {
  const api: string[] = [];
  for (const { name, origin, kind } of module.facts.scope.names.values()) {
    if (origin === undefined || kind !== 'import' || !isApiModule(origin.specifier)) continue;
    api.push(`${name} = $$r.api(${JSON.stringify(origin.specifier)}, ${JSON.stringify(origin.imported)})`);
  }
  const variable = (specifier: string) => `$$i${module.imports[specifier]}`;
  const declarations = [...new Set(Object.values(module.imports))].map(
    (index) => `$$i${index} = $$m.load(${index})`,
  );
  const foreign = (specifier: string, imported: string) => {
    if (isApiModule(specifier)) return `$$r.api(${JSON.stringify(specifier)}, ${JSON.stringify(imported)})`;
    return imported === '*' ? variable(specifier) : `${variable(specifier)}${memberText(imported)}`;
  };
  return {
    constants: api.length === 0 ? '' : `const ${api.join(', ')};`,
    declarations: module.facts.parsed.kind === 'module' ? declarations : [],
    reference: ({ origin }) =>
      origin === undefined || isApiModule(origin.specifier)
        ? undefined
        : foreign(origin.specifier, origin.imported),
    foreign,
    starNames: (specifier) => {
      const index = module.imports[specifier];
      return index === undefined ? undefined : starNames(modules, modules[index]!, 0);
    },
  };
}

/** The names that `export * from` a module exports on; undefined where they are known only as it runs. */
function starNames(modules: readonly Module[], module: Module, hops: number): string[] | undefined {
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
