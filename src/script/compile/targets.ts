import { apiKind, CALLBACK_METHODS, isApiModule, LATER, STIFF_METHODS } from './api.js';
import type { ModuleFacts } from './facts.js';
import { isInert, nameOfKey } from './names.js';
import { type FunctionNode, isFunction, type SyntaxNode } from './parse.js';
import type { Binding, FunctionUnit, Scope, Target, UnitKind } from './scope.js';

/** How a name is used. */
export type Use = 'value' | 'write' | 'declare' | 'call';

/** The walk over a module, as its parts see it. */
export interface Visitor {
  readonly facts: ModuleFacts;
  visit(node: SyntaxNode, scope: Scope): void;
  reference(node: Extract<SyntaxNode, { type: 'Identifier' }>, scope: Scope, use: Use): void;
  enter(
    node: FunctionNode,
    outer: Scope,
    options: { readonly name: string; readonly escapes: boolean; readonly kind?: UnitKind },
  ): FunctionUnit;
  record(node: SyntaxNode, scope: Scope, targets: readonly Target[]): void;
}

/** Finds out where calls may lead. */
export class CallTargets {
  constructor(private readonly visitor: Visitor) {}

  /** A call or `new`: its targets are recorded, its parts visited. */
  call(node: Extract<SyntaxNode, { type: 'CallExpression' | 'NewExpression' }>, scope: Scope): void {
    const { callee } = node;
    const targets =
      node.type === 'NewExpression' ? this.visited(callee, scope) : this.calleeTargets(callee, scope);
    const how = node.type === 'NewExpression' ? 'calls' : callbackUse(callee, targets);
    for (const argument of node.arguments) {
      if (how === 'escapes' || !isFunction(argument)) this.visitor.visit(argument, scope);
      else {
        const unit = this.visitor.enter(argument, scope, { name: '', escapes: false });
        if (how === 'calls') targets.push({ kind: 'unit', unit });
      }
      if (how === 'calls' && !isFunction(argument)) targets.push(...this.callbackTargets(argument, scope));
    }
    this.visitor.record(node, scope, targets);
  }

  /** A callback that is not written in place. */
  private callbackTargets(node: SyntaxNode, scope: Scope): Target[] {
    if (node.type === 'Identifier') return bindingTargets(scope.lookup(node.name));
    if (node.type === 'ObjectExpression') {
      return node.properties.flatMap((property): Target[] => {
        if (property.type === 'SpreadElement') return [{ kind: 'unknown' }];
        if (isFunction(property.value)) {
          return [{ kind: 'unit', unit: this.visitor.facts.unitOf.get(property.value)! }];
        }
        return isInert(property.value) ? [] : this.callbackTargets(property.value, scope);
      });
    }
    if (node.type === 'MemberExpression' && !node.computed) {
      return this.memberTargets(node, scope);
    }
    return isInert(node) ? [] : [{ kind: 'unknown' }];
  }

  /** Where a call of this may lead; visits it. */
  calleeTargets(callee: SyntaxNode, scope: Scope): Target[] {
    switch (callee.type) {
      case 'Identifier': {
        this.visitor.reference(callee, scope, 'call');
        const binding = scope.lookup(callee.name);
        return bindingTargets(binding);
      }
      case 'Super':
        return [];
      case 'MemberExpression':
        if (callee.object.type === 'Identifier') {
          const binding = scope.lookup(callee.object.name);
          this.visitor.reference(callee.object, scope, binding?.origin === undefined ? 'value' : 'call');
        } else if (callee.object.type === 'Super') markSuper(scope.unit);
        else this.visitor.visit(callee.object, scope);
        if (callee.computed) this.visitor.visit(callee.property, scope);
        return this.memberTargets(callee, scope);
      case 'ParenthesizedExpression':
        return this.calleeTargets(callee.expression, scope);
      case 'ChainExpression':
        return this.calleeTargets(callee.expression, scope);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return [{ kind: 'unit', unit: this.visitor.enter(callee, scope, { name: '', escapes: false }) }];
      default:
        this.visitor.visit(callee, scope);
        return [{ kind: 'unknown' }];
    }
  }

  private memberTargets(node: Extract<SyntaxNode, { type: 'MemberExpression' }>, scope: Scope): Target[] {
    const name = node.computed ? undefined : nameOfKey(node.property);
    if (node.object.type === 'Identifier') {
      const binding = scope.lookup(node.object.name);
      if (binding?.origin !== undefined && name !== undefined) {
        const kind = apiKind(binding.origin, name);
        if (kind !== undefined) return kind === 'blocking' ? [{ kind: 'blocking' }] : [];
      }
      if (name === 'call' || name === 'apply') return bindingTargets(binding);
    }
    if (node.computed) {
      const key = node.property.type === 'Literal' ? String(node.property.value) : undefined;
      return key === undefined ? [{ kind: 'unknown' }] : [{ kind: 'name', name: key }, { kind: 'unknown' }];
    }
    if (name === undefined) return [{ kind: 'unknown' }];
    if (name === 'call' || name === 'apply') return [{ kind: 'unknown' }];
    return [{ kind: 'name', name }];
  }

  private visited(callee: SyntaxNode, scope: Scope): Target[] {
    this.visitor.visit(callee, scope);
    return [];
  }
}

/** The module of `require('...')`, where that is k6's. */
export function requiredModule(node: SyntaxNode, scope: Scope): string | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return undefined;
  const [argument] = node.arguments;
  if (node.callee.name !== 'require' || argument?.type !== 'Literal') return undefined;
  const binding = scope.lookup('require');
  const specifier = String(argument.value);
  const isOwn = binding !== undefined && binding.scope.parent === undefined;
  return isOwn && isApiModule(specifier) ? specifier : undefined;
}

/** What a call does with functions among its arguments. */
function callbackUse(callee: SyntaxNode, targets: readonly Target[]): 'calls' | 'later' | 'escapes' {
  const name = calledName(callee);
  if (name === undefined) return 'escapes';
  if (LATER.has(name)) return 'later';
  if (CALLBACK_METHODS.has(name) || Object.hasOwn(STIFF_METHODS, name)) return 'calls';
  const [target] = targets;
  if (target?.kind === 'binding' && target.binding.origin !== undefined) {
    return apiKind(target.binding.origin) === undefined ? 'escapes' : 'calls';
  }
  return name === 'group' || name === 'check' ? 'calls' : 'escapes';
}

/** An arrow's `super` is that of the method around it. */
export function markSuper(unit: FunctionUnit): void {
  let owner: FunctionUnit | undefined = unit;
  while (owner?.kind === 'arrow') owner = owner.parent;
  if (owner !== undefined) owner.usesSuper = true;
}

/** A function may be declared below: what the name stands for will be known when all was read. */
function bindingTargets(binding: Binding | undefined): Target[] {
  return binding === undefined ? [] : [{ kind: 'binding', binding }];
}

function calledName(callee: SyntaxNode): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression' && !callee.computed) return nameOfKey(callee.property);
  return undefined;
}
