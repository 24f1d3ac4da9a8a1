import { isApiModule } from './api.js';
import type { ModuleLinks } from './exports.js';
import { ProgramFacts } from './facts.js';
import { ownGlobalsOf } from './globals.js';
import { Loader, link, type Module, type ModuleProvider, starNames } from './link.js';
import { refuseMissing } from './missing.js';
import { hasTopLevelAwait } from './parse.js';
import { PlaceFinder } from './places.js';
import { Reach } from './resumable.js';
import { rewriteModule } from './rewrite.js';

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

/** Compiles a script and everything that it imports. @throws ScriptError */
export function compileScript(entry: string, provider: ModuleProvider): CompiledScript {
  const program = new ProgramFacts();
  const modules = new Loader(program, provider).load(entry);
  link(modules);
  refuseMissing(modules);
  const reach = new Reach(program);
  const ownGlobals = ownGlobalsOf(modules.map(({ facts }) => facts));
  return { modules: modules.map((module) => emit(module, modules, reach, ownGlobals)) };
}

/** The names of the runtime that compiled text uses; see the prelude's `runtime`. */
const RUNTIME_NAMES = [
  '$$k',
  '$$n',
  '$$l',
  '$$e',
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
  const isAsync = kind === 'module' && hasTopLevelAwait(tree);
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
