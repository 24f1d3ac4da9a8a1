import { declareBlock, declareRequired, declareVariables, placeFunctions } from './declarations.js';
import { DEFAULT_EXPORT, ITERATION, ModuleFacts, type ProgramFacts } from './facts.js';
import { Members } from './members.js';
import { bindingNames } from './names.js';
import { childrenOf, type FunctionNode, isFunction, type ParsedText, type SyntaxNode } from './parse.js';
import { Patterns } from './patterns.js';
import { FunctionUnit, Scope, type Target, type UnitKind } from './scope.js';
import { CallTargets, markSuper, requiredModule, type Use, type Visitor } from './targets.js';

/** Finds the names, the functions and the calls of a module. O(size of the text). */
export function analyse(parsed: ParsedText, program: ProgramFacts): ModuleFacts {
  const facts = new ModuleFacts(parsed);
  new Analyser(facts, program).run();
  return facts;
}

class Analyser implements Visitor {
  private readonly targets: CallTargets;
  private readonly members: Members;
  private readonly patterns: Patterns;

  constructor(
    readonly facts: ModuleFacts,
    private readonly program: ProgramFacts,
  ) {
    this.targets = new CallTargets(this);
    this.members = new Members(this, program);
    this.patterns = new Patterns(this, this.members);
  }

  run(): void {
    const { top, scope, parsed } = this.facts;
    this.facts.unitOf.set(parsed.tree, top);
    this.facts.scopeOf.set(parsed.tree, scope);
    if (parsed.kind === 'commonjs') {
      for (const name of ['module', 'exports', 'require']) scope.declare(name, 'variable');
    }
    declareVariables(parsed.tree.body, scope);
    declareBlock(parsed.tree.body, scope);
    placeFunctions(this.facts, parsed.tree.body, parsed.tree, 'var');
    for (const statement of parsed.tree.body) this.visit(statement, scope);
  }

  visit(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'FunctionDeclaration':
        this.functionDeclaration(node, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.enter(node, scope, { name: '', escapes: true });
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.members.classBody(node, scope);
        return;
      case 'Identifier':
        this.reference(node, scope, 'value');
        return;
      case 'VariableDeclarator':
        this.declarator(node, scope);
        return;
      case 'AssignmentExpression':
        this.patterns.assignment(node, scope);
        return;
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') this.reference(node.argument, scope, 'write');
        else this.visit(node.argument, scope);
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.targets.call(node, scope);
        return;
      case 'TaggedTemplateExpression':
        this.record(node, scope, this.targets.calleeTargets(node.tag, scope));
        this.visit(node.quasi, scope);
        return;
      case 'ForOfStatement':
        this.record(node, scope, [{ kind: 'name', name: ITERATION }]);
        this.loop(node, scope);
        return;
      case 'ForStatement':
      case 'ForInStatement':
        this.loop(node, scope);
        return;
      case 'BlockStatement':
      case 'StaticBlock':
        this.block(node, node.body, scope);
        return;
      case 'SwitchStatement':
        this.switchStatement(node, scope);
        return;
      case 'CatchClause':
        this.catchClause(node, scope);
        return;
      default:
        this.visitOther(node, scope);
    }
  }

  private visitOther(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'MemberExpression':
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Super':
        markSuper(scope.unit);
        return;
      case 'Property':
        this.members.property(node, scope);
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration) this.visit(node.declaration, scope);
        else if (!node.source) for (const { local } of node.specifiers) this.visit(local, scope);
        return;
      case 'ExportDefaultDeclaration':
        this.exportDefault(node.declaration, scope);
        return;
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'MetaProperty':
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      default:
        for (const child of childrenOf(node)) this.visit(child, scope);
    }
  }

  private block(node: SyntaxNode, body: readonly SyntaxNode[], scope: Scope): void {
    let inner = new Scope(scope, scope.unit, false);
    if (node.type === 'StaticBlock') {
      const unit = this.unit('initializer', node, scope.unit, '');
      inner = new Scope(scope, unit, true);
      declareVariables(body, inner);
    }
    this.facts.scopeOf.set(node, inner);
    declareBlock(body, inner);
    placeFunctions(this.facts, body, node, 'let');
    for (const statement of body) this.visit(statement, inner);
  }

  private switchStatement(node: Extract<SyntaxNode, { type: 'SwitchStatement' }>, scope: Scope): void {
    this.visit(node.discriminant, scope);
    const inner = new Scope(scope, scope.unit, false);
    this.facts.scopeOf.set(node, inner);
    for (const { consequent } of node.cases) declareBlock(consequent, inner);
    for (const branch of node.cases) {
      if (branch.test) this.visit(branch.test, inner);
      for (const statement of branch.consequent) this.visit(statement, inner);
    }
  }

  private catchClause(node: Extract<SyntaxNode, { type: 'CatchClause' }>, scope: Scope): void {
    const inner = new Scope(scope, scope.unit, false);
    if (node.param) {
      for (const name of bindingNames(node.param)) inner.declare(name, 'variable');
      this.patterns.pattern(node.param, inner);
    }
    this.visit(node.body, inner);
  }

  private loop(
    node: Extract<SyntaxNode, { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' }>,
    scope: Scope,
  ): void {
    const inner = new Scope(scope, scope.unit, false);
    const head = node.type === 'ForStatement' ? node.init : node.left;
    if (head?.type === 'VariableDeclaration') declareBlock([head], inner);
    if (node.type === 'ForStatement') {
      for (const part of [node.init, node.test, node.update]) if (part) this.visit(part, inner);
    } else {
      if (node.left.type === 'VariableDeclaration') this.visit(node.left, inner);
      else this.patterns.pattern(node.left, inner);
      this.visit(node.right, scope);
    }
    this.visit(node.body, inner);
  }

  private functionDeclaration(
    node: Extract<SyntaxNode, { type: 'FunctionDeclaration' }>,
    scope: Scope,
  ): void {
    const { name } = node.id!;
    scope.lookup(name)!.value = this.enter(node, scope, { name, escapes: false });
  }

  private exportDefault(node: SyntaxNode, scope: Scope): void {
    if (isFunction(node)) {
      const own = node.type !== 'ArrowFunctionExpression' ? node.id : null;
      const unit = this.enter(node, scope, { name: own?.name ?? 'default', escapes: false });
      const binding = own ? scope.lookup(own.name)! : scope.declare(DEFAULT_EXPORT, 'const');
      binding.value = unit;
      return;
    }
    scope.declare(DEFAULT_EXPORT, 'const');
    this.members.value(node, scope, undefined);
  }

  private declarator(node: Extract<SyntaxNode, { type: 'VariableDeclarator' }>, scope: Scope): void {
    this.patterns.pattern(node.id, scope);
    if (!node.init) return;
    const required = requiredModule(node.init, scope);
    if (required !== undefined) declareRequired(node.id, required, scope);
    if (node.id.type !== 'Identifier') {
      this.visit(node.init, scope);
      return;
    }
    const binding = scope.lookup(node.id.name)!;
    if (isFunction(node.init)) {
      const unit = this.enter(node.init, scope, { name: node.id.name, escapes: false });
      if (binding.value !== undefined) binding.reassigned = true;
      binding.value = unit;
      return;
    }
    if (binding.kind !== 'const') binding.reassigned = true;
    this.visit(node.init, scope);
  }

  private unit(kind: UnitKind, node: SyntaxNode, parent: FunctionUnit, name: string): FunctionUnit {
    const unit = new FunctionUnit(kind, node, parent, name);
    this.program.units.push(unit);
    this.facts.unitOf.set(node, unit);
    return unit;
  }

  enter(
    node: FunctionNode,
    outer: Scope,
    options: { readonly name: string; readonly escapes: boolean; readonly kind?: UnitKind },
  ): FunctionUnit {
    const ownName = node.type === 'FunctionExpression' ? node.id?.name : undefined;
    const kind = options.kind ?? (node.type === 'ArrowFunctionExpression' ? 'arrow' : 'function');
    const unit = this.unit(kind, node, outer.unit, ownName ?? options.name);
    unit.escapes = options.escapes;
    unit.async = node.async;
    unit.generator = node.generator;
    let around = outer;
    if (ownName !== undefined) {
      around = new Scope(outer, unit, false);
      around.declare(ownName, 'own-name').value = unit;
    }
    const scope = new Scope(around, unit, true);
    this.facts.scopeOf.set(node, scope);
    for (const parameter of node.params) {
      for (const name of bindingNames(parameter)) scope.declare(name, 'parameter');
    }
    for (const parameter of node.params) this.patterns.pattern(parameter, scope);
    if (node.body.type !== 'BlockStatement') {
      this.visit(node.body, scope);
      return unit;
    }
    declareVariables(node.body.body, scope);
    declareBlock(node.body.body, scope);
    placeFunctions(this.facts, node.body.body, node.body, 'var');
    for (const statement of node.body.body) this.visit(statement, scope);
    return unit;
  }

  reference(node: Extract<SyntaxNode, { type: 'Identifier' }>, scope: Scope, use: Use): void {
    const binding = scope.lookup(node.name);
    this.facts.references.set(node, binding);
    if (binding === undefined) return;
    if (use === 'write') binding.reassigned = true;
    if (use === 'value') {
      binding.taken = true;
      this.program.taken.add(binding);
    }
  }

  record(node: SyntaxNode, scope: Scope, targets: readonly Target[]): void {
    this.facts.targetsOf.set(node, targets);
    scope.unit.calls.push({ node, targets });
  }
}
