import type { ModuleFacts } from './facts.js';
import { nameOfKey } from './names.js';
import { childrenOf, type SyntaxNode } from './parse.js';

/**
 * The globals that the script itself makes, by `globalThis.x = ...` or, in CommonJS, by assigning to a name that nobody
 * declared. Each virtual user has its own; all other globals are the same for all.
 */
export function ownGlobalsOf(modules: readonly ModuleFacts[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const facts of modules) {
    const visit = (node: SyntaxNode): void => {
      if (node.type === 'AssignmentExpression') {
        const { left } = node;
        if (left.type === 'MemberExpression' && isGlobalObject(facts, left.object)) {
          const name = left.computed ? undefined : nameOfKey(left.property);
          if (name !== undefined) names.add(name);
        }
        if (left.type === 'Identifier' && facts.parsed.kind === 'commonjs') {
          if (facts.references.has(left) && facts.references.get(left) === undefined) names.add(left.name);
        }
      }
      for (const child of childrenOf(node)) visit(child);
    };
    visit(facts.parsed.tree);
  }
  return names;
}

function isGlobalObject(facts: ModuleFacts, node: SyntaxNode): boolean {
  if (node.type !== 'Identifier' || facts.references.get(node) !== undefined) return false;
  return node.name === 'globalThis' || node.name === 'global';
}
