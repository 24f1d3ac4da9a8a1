import { COMPUTED } from './facts.js';
import type { Members } from './members.js';
import { bindingNames, nameOfKey } from './names.js';
import type { SyntaxNode } from './parse.js';
import type { Scope } from './scope.js';
import type { Visitor } from './targets.js';

/** Where names are written: declarations, parameters, assignments. */
export class Patterns {
  constructor(
    private readonly visitor: Visitor,
    private readonly members: Members,
  ) {}

  /** Targets of assignments and declarations: names there are written, defaults and computed keys are read. */
  pattern(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.visitor.reference(node, scope, 'declare');
        break;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.pattern(property.argument, scope);
          else {
            if (property.computed) this.visitor.visit(property.key, scope);
            this.pattern(property.value, scope);
          }
        }
        break;
      case 'ArrayPattern':
        for (const element of node.elements) if (element) this.pattern(element, scope);
        break;
      case 'RestElement':
        this.pattern(node.argument, scope);
        break;
      case 'AssignmentPattern':
        this.pattern(node.left, scope);
        this.visitor.visit(node.right, scope);
        break;
      default:
        this.visitor.visit(node, scope);
    }
  }

  /** An assignment of any kind. */
  assignment(node: Extract<SyntaxNode, { type: 'AssignmentExpression' }>, scope: Scope): void {
    if (node.left.type === 'Identifier') {
      this.visitor.reference(node.left, scope, 'write');
      this.members.value(node.right, scope, undefined);
    } else if (node.left.type === 'MemberExpression') {
      this.visitor.visit(node.left, scope);
      const name = node.left.computed ? COMPUTED : nameOfKey(node.left.property);
      // Such a function has no name of its own.
      this.members.value(node.right, scope, name, '');
    } else {
      this.writePattern(node.left, scope);
      this.visitor.visit(node.right, scope);
    }
  }

  private writePattern(node: SyntaxNode, scope: Scope): void {
    this.pattern(node, scope);
    for (const name of bindingNames(node)) {
      const binding = scope.lookup(name);
      if (binding !== undefined) binding.reassigned = true;
    }
  }
}
