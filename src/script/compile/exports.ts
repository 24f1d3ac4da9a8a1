import type { ModuleFacts } from './facts.js';
import type { Frame, Rewriting } from './frame.js';
import { DEFAULT_NAME } from './functions.js';
import { bindingNames, nameOfKey } from './names.js';
import type { SyntaxNode } from './parse.js';
import type { Binding } from './scope.js';
import { positionOf } from './tokens.js';

/** How a module's imports are reached from its compiled text. */
export interface ModuleLinks {
  /** The expression for an imported name; undefined where the name itself stays (k6's own modules). */
  reference(binding: Binding): string | undefined;
  /** The expression for a name of another module that is exported on: `export { a } from './b.js'`. */
  foreign(specifier: string, imported: string): string;
  /** What `export * from` a module exports; undefined where that is known only as it runs. */
  starNames(specifier: string): readonly string[] | undefined;
}

type ExportNode = Extract<
  SyntaxNode,
  { type: 'ExportNamedDeclaration' | 'ExportDefaultDeclaration' | 'ExportAllDeclaration' }
>;

/** Takes the `export` away from a statement. */
export function rewriteExport(rewriting: Rewriting, node: ExportNode, frame: Frame): void {
  const { code } = rewriting;
  if (node.type === 'ExportAllDeclaration') {
    code.remove(node.start, node.end);
    return;
  }
  const { declaration } = node;
  if (!declaration) {
    code.remove(node.start, node.end);
    return;
  }
  rewriting.visit(declaration, frame);
  if (node.type === 'ExportNamedDeclaration' || isDeclaration(declaration)) {
    code.remove(node.start, declaration.start);
  } else {
    const word = positionOf(rewriting.text, 'default', node.start + 'export'.length);
    code.overwrite(node.start, word + 'default'.length, `const ${DEFAULT_NAME} = `);
    if (rewriting.text[node.end - 1] !== ';') code.appendLeft(node.end, ';');
  }
}

function isDeclaration({ type }: SyntaxNode): boolean {
  return type === 'FunctionDeclaration' || type === 'ClassDeclaration';
}

/** What a module exports, and the expression for each; `*` stands for everything of another module. */
export function exportsOf(facts: ModuleFacts): ExportedName[] {
  return facts.parsed.tree.body.flatMap((statement): ExportedName[] => {
    switch (statement.type) {
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement;
        const own = isDeclaration(declaration) && 'id' in declaration ? declaration.id?.name : undefined;
        return [{ name: 'default', local: own ?? DEFAULT_NAME }];
      }
      case 'ExportAllDeclaration': {
        const specifier = String(statement.source.value);
        const name = statement.exported ? nameOfKey(statement.exported)! : '*';
        return [{ name, specifier, local: '*' }];
      }
      case 'ExportNamedDeclaration':
        return namedExports(statement);
      default:
        return [];
    }
  });
}

/** One name that a module exports. */
export interface ExportedName {
  readonly name: string;
  /** Its name in the module, or in the module of `specifier`. */
  readonly local: string;
  readonly specifier?: string;
}

function namedExports(node: Extract<SyntaxNode, { type: 'ExportNamedDeclaration' }>): ExportedName[] {
  const { declaration, source } = node;
  if (declaration?.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) =>
      bindingNames(id).map((name) => ({ name, local: name })),
    );
  }
  if (declaration) return [{ name: declaration.id!.name, local: declaration.id!.name }];
  return node.specifiers.map(({ exported, local }) => {
    const name = nameOfKey(exported)!;
    const inside = nameOfKey(local)!;
    return source ? { name, local: inside, specifier: String(source.value) } : { name, local: inside };
  });
}

/** The statement that makes a module's exports known: by getters, for they are live. */
export function exportTable(facts: ModuleFacts, links: ModuleLinks): string {
  const entries = new Map<string, string>();
  const stars: string[] = [];
  const exported = exportsOf(facts);
  for (const { name, specifier } of exported) {
    if (specifier === undefined || name !== '*') continue;
    const names = links.starNames(specifier);
    if (names === undefined) stars.push(links.foreign(specifier, '*'));
    for (const one of names ?? []) entries.set(one, links.foreign(specifier, one));
  }
  for (const { name, local, specifier } of exported) {
    if (name !== '*') entries.set(name, expressionOf(facts, links, local, specifier));
  }
  const list = [...entries].map(([name, expression]) => `${JSON.stringify(name)}: () => ${expression}`);
  return `$$x($$m.exports, {${list.join(', ')}}, [${stars.join(', ')}]);`;
}

function expressionOf(facts: ModuleFacts, links: ModuleLinks, local: string, specifier?: string): string {
  if (specifier !== undefined) return links.foreign(specifier, local);
  const binding = facts.scope.names.get(local);
  return (binding?.kind === 'import' && links.reference(binding)) || local;
}
