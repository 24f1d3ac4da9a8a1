import { COMPUTED, type ProgramFacts } from './facts.js';
import { isInert, nameOfKey } from './names.js';
import { type FunctionNode, isFunction, type SyntaxNode } from './parse.js';
import { FunctionUnit, Scope, type UnitKind } from './scope.js';
import type { Visitor } from './targets.js';

/** Values that have a name: members of objects and classes, what is assigned to a property. */
export class Members {
  constructor(
    private readonly visitor: Visitor,
    private readonly program: ProgramFacts,
  ) {}

  /** Something that gets a name: `{ name: value }`, `x.name = value`, a class's field. @param shown the name in stacks. */
  value(node: SyntaxNode, scope: Scope, name: string | undefined, shown = shownName(name)): void {
    const values = name === undefined ? undefined : this.program.namedValues(name);
    if (isFunction(node)) {
      const unit = this.visitor.enter(node, scope, { name: shown, escapes: true });
      values?.units.add(unit);
    } else if (node.type === 'Identifier') {
      this.visitor.reference(node, scope, 'value');
      const binding = scope.lookup(node.name);
      if (binding !== undefined) values?.bindings.add(binding);
    } else {
      if (values !== undefined && !isInert(node)) values.unknown = true;
      this.visitor.visit(node, scope);
    }
  }

  /** A member of an object literal. */
  property(node: Extract<SyntaxNode, { type: 'Property' }>, scope: Scope): void {
    if (node.computed) this.visitor.visit(node.key, scope);
    const name = node.computed ? COMPUTED : nameOfKey(node.key);
    if (isFunction(node.value) && (node.method || node.kind !== 'init')) {
      this.method(node.value, scope, node.kind, name, node.method);
    } else this.value(node.value, scope, name);
  }

  private method(
    node: FunctionNode,
    scope: Scope,
    kind: string,
    name: string | undefined,
    escapes: boolean,
  ): FunctionUnit {
    const unitKind: UnitKind = kind === 'get' ? 'getter' : kind === 'set' ? 'setter' : 'method';
    const unit = this.visitor.enter(node, scope, { name: shownName(name), escapes, kind: unitKind });
    if (unitKind === 'method') this.program.namedValues(name ?? COMPUTED).units.add(unit);
    return unit;
  }

  /** A class and all its members. */
  classBody(node: Extract<SyntaxNode, { type: 'ClassDeclaration' | 'ClassExpression' }>, outer: Scope): void {
    const scope = new Scope(outer, outer.unit, false);
    if (node.id) scope.declare(node.id.name, 'own-name');
    this.visitor.facts.scopeOf.set(node, scope);
    if (node.superClass) this.visitor.visit(node.superClass, scope);
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        this.visitor.visit(member, scope);
        continue;
      }
      if (member.computed) this.visitor.visit(member.key, scope);
      const name = member.computed ? undefined : nameOfKey(member.key);
      if (member.type === 'PropertyDefinition') {
        if (!member.value) continue;
        const unit = new FunctionUnit('initializer', member, outer.unit, name ?? '');
        this.visitor.facts.initializerOf.set(member, unit);
        this.value(member.value, new Scope(scope, unit, true), name);
      } else if (member.kind === 'constructor') {
        const kind = node.superClass ? 'derived-constructor' : 'constructor';
        this.visitor.enter(member.value, scope, { name: node.id?.name ?? '', escapes: false, kind });
      } else this.method(member.value, scope, member.kind, name, true);
    }
  }
}

function shownName(name: string | undefined): string {
  return name === undefined || name === COMPUTED ? '' : name;
}
