import { apiKind, CALLBACK_METHODS, isApiModule, LATER, STIFF_METHODS } from './api.js';
import { bindingNames, nameOfKey } from './names.js';
import { childrenOf, type FunctionNode, isFunction, type ParsedText, type SyntaxNode } from './parse.js';
import { type Binding, FunctionUnit, Scope, type Target, type UnitKind } from './scope.js';

/** What is called by a name: `x.login()` may reach any of these. */
export interface NamedValues {
  readonly units: Set<FunctionUnit>;
  readonly bindings: Set<Binding>;
  /** Something that is no function of the script by its looks has that name too. */
  unknown: boolean;
}

/** What all modules of a script have in common. */
export class ProgramFacts {
  readonly units: FunctionUnit[] = [];
  readonly named = new Map<string, NamedValues>();
  /** Bindings whose value escapes. */
  readonly taken = new Set<Binding>();

  namedValues(name: string): NamedValues {
    let values = this.named.get(name);
    if (values === undefined) {
      values = { units: new Set(), bindings: new Set(), unknown: false };
      this.named.set(name, values);
    }
    return values;
  }
}

/** Names and units of one module. */
export class ModuleFacts {
  readonly unitOf = new Map<SyntaxNode, FunctionUnit>();
  readonly scopeOf = new Map<SyntaxNode, Scope>();
  /** Every identifier that is used as a value or assigned, and what it means; undefined: a global. */
  readonly references = new Map<SyntaxNode, Binding | undefined>();
  readonly targetsOf = new Map<SyntaxNode, readonly Target[]>();
  /** Where the declaration of a function takes effect, and how it is declared there. */
  readonly blockOf = new Map<SyntaxNode, { readonly block: SyntaxNode; readonly word: 'var' | 'let' }>();
  /** The unit in which the value of a class's field is computed. */
  readonly initializerOf = new Map<SyntaxNode, FunctionUnit>();
  readonly top: FunctionUnit;
  readonly scope: Scope;

  constructor(readonly parsed: ParsedText) {
    this.top = new FunctionUnit('module', parsed.tree, undefined, '');
    this.scope = new Scope(undefined, this.top, true);
  }
}

/** Finds the names, the functions and the calls of a module. O(size of the text). */
export function analyse(parsed: ParsedText, program: ProgramFacts): ModuleFacts {
  const facts = new ModuleFacts(parsed);
  new Analyser(facts, program).run();
  return facts;
}

class Analyser {
  constructor(
    private readonly facts: ModuleFacts,
    private readonly program: ProgramFacts,
  ) {}

  run(): void {
    const { top, scope, parsed } = this.facts;
    this.facts.unitOf.set(parsed.tree, top);
    this.facts.scopeOf.set(parsed.tree, scope);
    if (parsed.kind === 'commonjs') {
      for (const name of ['module', 'exports', 'require']) scope.declare(name, 'variable');
    }
    declareVariables(parsed.tree.body, scope);
    this.declareBlock(parsed.tree.body, scope);
    this.placeFunctions(parsed.tree.body, parsed.tree, 'var');
    for (const statement of parsed.tree.body) this.visit(statement, scope);
  }

  private declareBlock(statements: readonly SyntaxNode[], scope: Scope): void {
    for (const statement of statements) {
      if (statement.type === 'ImportDeclaration') this.declareImport(statement, scope);
      const declaration = declarationOf(statement);
      if (declaration === undefined) continue;
      if (declaration.type === 'VariableDeclaration') {
        if (declaration.kind === 'var') continue;
        const kind = declaration.kind === 'const' ? 'const' : 'variable';
        for (const { id } of declaration.declarations) {
          for (const name of bindingNames(id)) scope.declare(name, kind);
        }
      } else if (declaration.id !== null) {
        const kind = declaration.type === 'ClassDeclaration' ? 'class' : 'function';
        scope.declare(declaration.id.name, kind);
      }
    }
  }

  private declareImport(node: Extract<SyntaxNode, { type: 'ImportDeclaration' }>, scope: Scope): void {
    const specifier = String(node.source.value);
    for (const part of node.specifiers) {
      let imported = '*';
      if (part.type === 'ImportDefaultSpecifier') imported = 'default';
      else if (part.type === 'ImportSpecifier') imported = nameOfKey(part.imported)!;
      scope.declare(part.local.name, 'import').origin = { specifier, imported };
    }
  }

  private visit(node: SyntaxNode, scope: Scope): void {
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
        this.classBody(node, scope);
        return;
      case 'Identifier':
        this.reference(node, scope, 'value');
        return;
      case 'VariableDeclarator':
        this.declarator(node, scope);
        return;
      case 'AssignmentExpression':
        this.assignment(node, scope);
        return;
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') this.reference(node.argument, scope, 'write');
        else this.visit(node.argument, scope);
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.call(node, scope);
        return;
      case 'TaggedTemplateExpression':
        this.record(node, scope, this.calleeTargets(node.tag, scope));
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
        this.property(node, scope);
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
    this.declareBlock(body, inner);
    this.placeFunctions(body, node, 'let');
    for (const statement of body) this.visit(statement, inner);
  }

  private placeFunctions(statements: readonly SyntaxNode[], block: SyntaxNode, word: 'var' | 'let'): void {
    for (const statement of statements) {
      const declaration = declarationOf(statement);
      if (declaration?.type === 'FunctionDeclaration') this.facts.blockOf.set(declaration, { block, word });
    }
  }

  private switchStatement(node: Extract<SyntaxNode, { type: 'SwitchStatement' }>, scope: Scope): void {
    this.visit(node.discriminant, scope);
    const inner = new Scope(scope, scope.unit, false);
    this.facts.scopeOf.set(node, inner);
    for (const { consequent } of node.cases) this.declareBlock(consequent, inner);
    for (const branch of node.cases) {
      if (branch.test) this.visit(branch.test, inner);
      for (const statement of branch.consequent) this.visit(statement, inner);
    }
  }

  private catchClause(node: Extract<SyntaxNode, { type: 'CatchClause' }>, scope: Scope): void {
    const inner = new Scope(scope, scope.unit, false);
    if (node.param) {
      for (const name of bindingNames(node.param)) inner.declare(name, 'variable');
      this.pattern(node.param, inner);
    }
    this.visit(node.body, inner);
  }

  private loop(
    node: Extract<SyntaxNode, { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' }>,
    scope: Scope,
  ): void {
    const inner = new Scope(scope, scope.unit, false);
    const head = node.type === 'ForStatement' ? node.init : node.left;
    if (head?.type === 'VariableDeclaration') this.declareBlock([head], inner);
    if (node.type === 'ForStatement') {
      for (const part of [node.init, node.test, node.update]) if (part) this.visit(part, inner);
    } else {
      if (node.left.type === 'VariableDeclaration') this.visit(node.left, inner);
      else this.pattern(node.left, inner);
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
    this.value(node, scope, undefined);
  }

  private declarator(node: Extract<SyntaxNode, { type: 'VariableDeclarator' }>, scope: Scope): void {
    this.pattern(node.id, scope);
    if (!node.init) return;
    const required = requiredModule(node.init, scope);
    if (required !== undefined) this.declareRequired(node.id, required, scope);
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

  /** `const { get } = require('k6/http')` is an import in all but form. */
  private declareRequired(target: SyntaxNode, specifier: string, scope: Scope): void {
    if (target.type === 'Identifier') {
      scope.lookup(target.name)!.origin = { specifier, imported: '*' };
    } else if (target.type === 'ObjectPattern') {
      for (const property of target.properties) {
        if (property.type === 'RestElement' || property.computed) continue;
        if (property.value.type !== 'Identifier') continue;
        const imported = nameOfKey(property.key)!;
        scope.lookup(property.value.name)!.origin = { specifier, imported };
      }
    }
  }

  /** Something that gets a name: `{ name: value }`, `x.name = value`, a class's field. */
  private value(node: SyntaxNode, scope: Scope, name: string | undefined): void {
    const values = name === undefined ? undefined : this.program.namedValues(name);
    if (isFunction(node)) {
      const unit = this.enter(node, scope, { name: shownName(name), escapes: true });
      values?.units.add(unit);
    } else if (node.type === 'Identifier') {
      this.reference(node, scope, 'value');
      const binding = scope.lookup(node.name);
      if (binding !== undefined) values?.bindings.add(binding);
    } else {
      if (values !== undefined && !isInert(node)) values.unknown = true;
      this.visit(node, scope);
    }
  }

  private property(node: Extract<SyntaxNode, { type: 'Property' }>, scope: Scope): void {
    if (node.computed) this.visit(node.key, scope);
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
    const unit = this.enter(node, scope, { name: shownName(name), escapes, kind: unitKind });
    if (unitKind === 'method') this.program.namedValues(name ?? COMPUTED).units.add(unit);
    return unit;
  }

  private classBody(
    node: Extract<SyntaxNode, { type: 'ClassDeclaration' | 'ClassExpression' }>,
    outer: Scope,
  ): void {
    const scope = new Scope(outer, outer.unit, false);
    if (node.id) scope.declare(node.id.name, 'own-name');
    this.facts.scopeOf.set(node, scope);
    if (node.superClass) this.visit(node.superClass, scope);
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        this.visit(member, scope);
        continue;
      }
      if (member.computed) this.visit(member.key, scope);
      const name = member.computed ? undefined : nameOfKey(member.key);
      if (member.type === 'PropertyDefinition') {
        if (!member.value) continue;
        const unit = new FunctionUnit('initializer', member, outer.unit, name ?? '');
        this.facts.initializerOf.set(member, unit);
        this.value(member.value, new Scope(scope, unit, true), name);
      } else if (member.kind === 'constructor') {
        const kind = node.superClass ? 'derived-constructor' : 'constructor';
        this.enter(member.value, scope, { name: node.id?.name ?? '', escapes: false, kind });
      } else this.method(member.value, scope, member.kind, name, true);
    }
  }

  private unit(kind: UnitKind, node: SyntaxNode, parent: FunctionUnit, name: string): FunctionUnit {
    const unit = new FunctionUnit(kind, node, parent, name);
    this.program.units.push(unit);
    this.facts.unitOf.set(node, unit);
    return unit;
  }

  private enter(
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
    for (const parameter of node.params) this.pattern(parameter, scope);
    if (node.body.type !== 'BlockStatement') {
      this.visit(node.body, scope);
      return unit;
    }
    declareVariables(node.body.body, scope);
    this.declareBlock(node.body.body, scope);
    this.placeFunctions(node.body.body, node.body, 'var');
    for (const statement of node.body.body) this.visit(statement, scope);
    return unit;
  }

  /** Targets of assignments and declarations: names there are written, defaults and computed keys are read. */
  private pattern(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.reference(node, scope, 'declare');
        break;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.pattern(property.argument, scope);
          else {
            if (property.computed) this.visit(property.key, scope);
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
        this.visit(node.right, scope);
        break;
      default:
        this.visit(node, scope);
    }
  }

  private assignment(node: Extract<SyntaxNode, { type: 'AssignmentExpression' }>, scope: Scope): void {
    if (node.left.type === 'Identifier') {
      this.reference(node.left, scope, 'write');
      this.value(node.right, scope, undefined);
    } else if (node.left.type === 'MemberExpression') {
      this.visit(node.left, scope);
      const name = node.left.computed ? COMPUTED : nameOfKey(node.left.property);
      this.value(node.right, scope, name);
    } else {
      this.writePattern(node.left, scope);
      this.visit(node.right, scope);
    }
  }

  private writePattern(node: SyntaxNode, scope: Scope): void {
    this.pattern(node, scope);
    for (const name of bindingNames(node)) {
      const binding = scope.lookup(name);
      if (binding !== undefined) binding.reassigned = true;
    }
  }

  private reference(
    node: Extract<SyntaxNode, { type: 'Identifier' }>,
    scope: Scope,
    use: 'value' | 'write' | 'declare' | 'call',
  ): void {
    const binding = scope.lookup(node.name);
    this.facts.references.set(node, binding);
    if (binding === undefined) return;
    if (use === 'write') binding.reassigned = true;
    if (use === 'value') {
      binding.taken = true;
      this.program.taken.add(binding);
    }
  }

  private record(node: SyntaxNode, scope: Scope, targets: readonly Target[]): void {
    this.facts.targetsOf.set(node, targets);
    scope.unit.calls.push({ node, targets });
  }

  private call(node: Extract<SyntaxNode, { type: 'CallExpression' | 'NewExpression' }>, scope: Scope): void {
    const { callee } = node;
    const targets =
      node.type === 'NewExpression' ? this.newTargets(callee, scope) : this.calleeTargets(callee, scope);
    const how = node.type === 'NewExpression' ? 'calls' : callbackUse(callee, targets);
    for (const argument of node.arguments) {
      if (how === 'escapes' || !isFunction(argument)) this.visit(argument, scope);
      else {
        const unit = this.enter(argument, scope, { name: '', escapes: false });
        if (how === 'calls') targets.push({ kind: 'unit', unit });
      }
      if (how === 'calls' && !isFunction(argument)) targets.push(...this.callbackTargets(argument, scope));
    }
    this.record(node, scope, targets);
  }

  private newTargets(callee: SyntaxNode, scope: Scope): Target[] {
    this.visit(callee, scope);
    return [];
  }

  /** A callback that is not written in place. */
  private callbackTargets(node: SyntaxNode, scope: Scope): Target[] {
    if (node.type === 'Identifier') return bindingTargets(scope.lookup(node.name));
    if (node.type === 'ObjectExpression') {
      return node.properties.flatMap((property): Target[] => {
        if (property.type === 'SpreadElement') return [{ kind: 'unknown' }];
        if (isFunction(property.value)) {
          return [{ kind: 'unit', unit: this.facts.unitOf.get(property.value)! }];
        }
        return isInert(property.value) ? [] : this.callbackTargets(property.value, scope);
      });
    }
    if (node.type === 'MemberExpression' && !node.computed) {
      return this.memberTargets(node, scope);
    }
    return isInert(node) ? [] : [{ kind: 'unknown' }];
  }

  private calleeTargets(callee: SyntaxNode, scope: Scope): Target[] {
    switch (callee.type) {
      case 'Identifier': {
        this.reference(callee, scope, 'call');
        const binding = scope.lookup(callee.name);
        return bindingTargets(binding);
      }
      case 'Super':
        return [];
      case 'MemberExpression':
        if (callee.object.type === 'Identifier') {
          const binding = scope.lookup(callee.object.name);
          this.reference(callee.object, scope, binding?.origin === undefined ? 'value' : 'call');
        } else if (callee.object.type === 'Super') markSuper(scope.unit);
        else this.visit(callee.object, scope);
        if (callee.computed) this.visit(callee.property, scope);
        return this.memberTargets(callee, scope);
      case 'ParenthesizedExpression':
        return this.calleeTargets(callee.expression, scope);
      case 'ChainExpression':
        return this.calleeTargets(callee.expression, scope);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return [{ kind: 'unit', unit: this.enter(callee, scope, { name: '', escapes: false }) }];
      default:
        this.visit(callee, scope);
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
}

/** The name under which values with computed keys are kept: any name may be theirs. No property can have it. */
export const COMPUTED = '(computed)';

/** The name under which loops over generators of the script are looked up; no property can have it. */
export const ITERATION = '(iteration)';

/** The name of what `export default` exports, where it has none of its own. */
export const DEFAULT_EXPORT = '*default*';

/** The module of `require('...')`, where that is k6's. */
function requiredModule(node: SyntaxNode, scope: Scope): string | undefined {
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
function markSuper(unit: FunctionUnit): void {
  let owner: FunctionUnit | undefined = unit;
  while (owner?.kind === 'arrow') owner = owner.parent;
  if (owner !== undefined) owner.usesSuper = true;
}

/** A function may be declared below: what the name stands for will be known when all was read. */
function bindingTargets(binding: Binding | undefined): Target[] {
  return binding === undefined ? [] : [{ kind: 'binding', binding }];
}

function shownName(name: string | undefined): string {
  return name === undefined || name === COMPUTED ? '' : name;
}

function calledName(callee: SyntaxNode): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression' && !callee.computed) return nameOfKey(callee.property);
  return undefined;
}

/** True for what can hold no function: literals, and what operators make. */
function isInert(node: SyntaxNode): boolean {
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

type Declaration = Extract<
  SyntaxNode,
  { type: 'VariableDeclaration' | 'FunctionDeclaration' | 'ClassDeclaration' }
>;

function declarationOf(statement: SyntaxNode): Declaration | undefined {
  switch (statement.type) {
    case 'VariableDeclaration':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return statement;
    case 'ExportNamedDeclaration':
      return statement.declaration ? declarationOf(statement.declaration) : undefined;
    case 'ExportDefaultDeclaration':
      return declarationOf(statement.declaration);
    default:
      return undefined;
  }
}

/** `var` belongs to the function, wherever it stands. */
function declareVariables(statements: readonly SyntaxNode[], scope: Scope): void {
  const visit = (node: SyntaxNode): void => {
    if (isFunction(node) || node.type === 'StaticBlock') return;
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id } of node.declarations) {
        for (const name of bindingNames(id)) if (!scope.names.has(name)) scope.declare(name, 'variable');
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of statements) visit(statement);
}
