import type { SyntaxNode } from './parse.js';

/** The names that a pattern declares. */
export function bindingNames(node: SyntaxNode): string[] {
  switch (node.type) {
    case 'Identifier':
      return [node.name];
    case 'ObjectPattern':
      return node.properties.flatMap((property) =>
        bindingNames(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return node.elements.flatMap((element) => (element ? bindingNames(element) : []));
    case 'RestElement':
      return bindingNames(node.argument);
    case 'AssignmentPattern':
      return bindingNames(node.left);
    default:
      return [];
  }
}

/** The text of a key that is written out: `a`, `'a'`, `1`, `#a`. */
export function nameOfKey(node: SyntaxNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'PrivateIdentifier') return `#${node.name}`;
  if (node.type === 'Literal') return String(node.value);
  return undefined;
}

/** True for what can hold no function: literals, and what operators make. */
export function isInert(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'BinaryExpression':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'NewExpression':
      return true;
    default:
      return false;
  }
}
