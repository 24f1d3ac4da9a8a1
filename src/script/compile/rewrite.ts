import MagicString from 'magic-string';
import { rewriteCall, rewriteChain, rewriteTagged } from './calls.js';
import { exportTable, type ModuleLinks, rewriteExport } from './exports.js';
import type { ModuleFacts } from './facts.js';
import { Frame, type Rewriting } from './frame.js';
import { rewriteFunction } from './functions.js';
import { guardLoop, rewriteForOf } from './loops.js';
import { rewriteClass, rewriteMethod } from './methods.js';
import { childrenOf, isFunction, type SyntaxNode } from './parse.js';
import type { Reach } from './resumable.js';
import type { Binding, FunctionUnit } from './scope.js';

/** What a module is rewritten with. */
export interface RewriteOptions {
  readonly text: string;
  readonly facts: ModuleFacts;
  readonly reach: Reach;
  readonly links: ModuleLinks;
  /** Globals that each virtual user has its own of. */
  readonly ownGlobals: ReadonlySet<string>;
}

/** Rewrites a module's text so that whatever may wait can be resumed; the result is the body of its factory. */
export function rewriteModule(options: RewriteOptions): MagicString {
  return new Rewriter(options).run();
}

class Rewriter implements Rewriting {
  readonly code: MagicString;
  readonly facts: ModuleFacts;
  readonly reach: Reach;
  readonly text: string;
  /** What is to stand at the start of a block, by the block. */
  private readonly hoisted = new Map<SyntaxNode, string[]>();

  constructor(private readonly options: RewriteOptions) {
    this.text = options.text;
    this.code = new MagicString(options.text);
    this.facts = options.facts;
    this.reach = options.reach;
  }

  run(): MagicString {
    const { tree, kind } = this.facts.parsed;
    const frame = new Frame(this.facts.top, false);
    for (const statement of tree.body) this.visit(statement, frame);
    for (const position of this.facts.parsed.splits) this.code.appendLeft(position, ' ');
    if (this.text.startsWith('#!')) this.code.remove(0, this.text.search(/[\r\n\u2028\u2029]|$/));
    const needsThis = this.facts.top.needsThis ? 'const $$this = this;' : '';
    const start = `${frame.declarations()}${needsThis}${this.takeHoisted(tree)}`;
    this.code.prepend(kind === 'module' ? exportTable(this.facts, this.options.links) + start : start);
    return this.code;
  }

  hoist(block: SyntaxNode, text: string): void {
    const list = this.hoisted.get(block);
    if (list === undefined) this.hoisted.set(block, [text]);
    else list.push(text);
  }

  takeHoisted(block: SyntaxNode): string {
    return (this.hoisted.get(block) ?? []).join('');
  }

  slice(node: SyntaxNode): string {
    return this.code.slice(node.start, node.end);
  }

  wrap(node: SyntaxNode, before: string, after: string): void {
    this.code.prependRight(node.start, before);
    this.code.appendLeft(node.end, after);
  }

  visit(node: SyntaxNode, frame: Frame): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        rewriteFunction(this, node, frame);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        rewriteClass(this, node, frame);
        return;
      case 'CallExpression':
        rewriteCall(this, node, frame);
        return;
      case 'ChainExpression':
        rewriteChain(this, node, frame);
        return;
      case 'TaggedTemplateExpression':
        rewriteTagged(this, node, frame);
        return;
      case 'NewExpression':
        this.newExpression(node, frame);
        return;
      case 'Identifier':
        this.identifier(node, false);
        return;
      case 'ThisExpression':
        if (this.arrowOwner(frame.unit, 'needsThis')) this.code.overwrite(node.start, node.end, '$$this');
        return;
      case 'Property':
        this.property(node, frame);
        return;
      case 'BlockStatement':
      case 'StaticBlock':
        this.block(node, node.body, frame);
        return;
      default:
        this.visitMore(node, frame);
    }
  }

  private visitMore(node: SyntaxNode, frame: Frame): void {
    switch (node.type) {
      case 'MemberExpression':
        if (node.object.type === 'Super') this.superMember(node, frame);
        else this.visit(node.object, frame);
        if (node.computed) this.visit(node.property, frame);
        return;
      case 'AwaitExpression':
        this.visit(node.argument, frame);
        this.code.overwrite(node.start, node.start + 'await'.length, '(yield $$w(');
        this.code.appendLeft(node.end, '))');
        return;
      case 'YieldExpression':
        if (node.argument) this.visit(node.argument, frame);
        if (node.delegate && frame.unit.transformed) this.wrap(node.argument!, '$$y((', '))');
        return;
      case 'CatchClause':
        this.visitChildren(node, frame);
        if (node.param?.type === 'Identifier') {
          this.code.appendLeft(node.body.start + 1, `$$e(${node.param.name});`);
        }
        return;
      case 'ForOfStatement':
        rewriteForOf(this, node, frame);
        return;
      case 'ForStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        this.visitChildren(node, frame);
        guardLoop(this, node, node.body);
        return;
      case 'LabeledStatement':
        this.visit(node.body, frame);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'MetaProperty':
        if (node.meta.name === 'new' && this.arrowOwner(frame.unit, 'needsNewTarget')) {
          this.code.overwrite(node.start, node.end, '$$new');
        } else if (node.meta.name === 'import') this.code.overwrite(node.start, node.end, '$$m.meta');
        return;
      case 'ImportDeclaration':
        this.code.remove(node.start, node.end);
        return;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
        rewriteExport(this, node, frame);
        return;
      default:
        this.visitChildren(node, frame);
    }
  }

  visitChildren(node: SyntaxNode, frame: Frame): void {
    for (const child of childrenOf(node)) this.visit(child, frame);
  }

  /** The text that a name is replaced by, or undefined if it stays. */
  replacement(node: Extract<SyntaxNode, { type: 'Identifier' }>): string | undefined {
    if (!this.facts.references.has(node)) return undefined;
    const binding = this.facts.references.get(node);
    if (binding === undefined) return this.globalReplacement(node.name);
    if (binding.kind !== 'import') return undefined;
    return this.options.links.reference(binding);
  }

  private globalReplacement(name: string): string | undefined {
    if (name === 'globalThis' || name === 'global') return '$$m.global';
    if (name === 'arguments') return undefined;
    if (name === 'open') return '$$m.open';
    return this.options.ownGlobals.has(name) ? `$$m.global.${name}` : undefined;
  }

  identifier(node: Extract<SyntaxNode, { type: 'Identifier' }>, called: boolean): void {
    const text = this.replacement(node);
    if (text !== undefined) {
      const replacement = called && text.includes('.') ? `(0, ${text})` : text;
      this.code.overwrite(node.start, node.end, replacement);
      return;
    }
    if (node.name !== 'arguments' || this.facts.references.get(node) !== undefined) return;
    const unit = this.unitAt(node);
    if (unit !== undefined && this.arrowOwner(unit, 'needsArguments')) {
      this.code.overwrite(node.start, node.end, '$$arguments');
    }
  }

  /** `arguments` names no binding: its unit is remembered while the tree is walked. */
  private currentUnit: FunctionUnit | undefined;

  private unitAt(_node: SyntaxNode): FunctionUnit | undefined {
    return this.currentUnit;
  }

  inside(unit: FunctionUnit, act: () => void): void {
    const before = this.currentUnit;
    this.currentUnit = unit;
    act();
    this.currentUnit = before;
  }

  /** True where `this`, `arguments`, ... of an arrow must come from a variable, since the arrow has become a function. */
  arrowOwner(
    unit: FunctionUnit,
    need: 'needsThis' | 'needsArguments' | 'needsSuper' | 'needsNewTarget',
  ): boolean {
    let owner: FunctionUnit | undefined = unit;
    let transformed = false;
    while (owner !== undefined && owner.kind === 'arrow') {
      transformed ||= owner.transformed;
      owner = owner.parent;
    }
    if (transformed && owner !== undefined) owner[need] = true;
    return transformed;
  }

  private superMember(node: Extract<SyntaxNode, { type: 'MemberExpression' }>, frame: Frame): void {
    if (!this.arrowOwner(frame.unit, 'needsSuper')) return;
    const key = node.computed ? undefined : JSON.stringify(this.slice(node.property));
    if (key !== undefined) this.code.overwrite(node.start, node.end, `$$super(${key})`);
    else {
      this.code.overwrite(node.start, node.property.start, '$$super(');
      this.code.overwrite(node.property.end, node.end, ')');
    }
  }

  private property(node: Extract<SyntaxNode, { type: 'Property' }>, frame: Frame): void {
    if (node.computed) this.visit(node.key, frame);
    if (node.shorthand) {
      const inner = node.value.type === 'AssignmentPattern' ? node.value.left : node.value;
      if (inner.type === 'Identifier') {
        const text = this.replacement(inner);
        if (text !== undefined) this.code.overwrite(inner.start, inner.end, `${inner.name}: ${text}`);
      }
      if (node.value.type === 'AssignmentPattern') this.visit(node.value.right, frame);
      return;
    }
    if (isFunction(node.value) && (node.method || node.kind !== 'init')) rewriteMethod(this, node);
    else this.visit(node.value, frame);
  }

  private newExpression(node: Extract<SyntaxNode, { type: 'NewExpression' }>, frame: Frame): void {
    this.visitChildren(node, frame);
    const { callee } = node;
    if (!frame.resumable || callee.type !== 'Identifier' || callee.name !== 'Promise') return;
    if (this.facts.references.get(callee) !== undefined || node.arguments.length !== 1) return;
    if (!this.reach.waits(this.facts.targetsOf.get(node) ?? [])) return;
    this.code.overwrite(node.start, callee.end, '(yield* $$promise');
    this.code.appendLeft(node.end, ')');
  }

  private block(node: SyntaxNode, body: readonly SyntaxNode[], frame: Frame): void {
    const unit = node.type === 'StaticBlock' ? this.facts.unitOf.get(node)! : frame.unit;
    const inner = node.type === 'StaticBlock' ? new Frame(unit, false) : frame;
    for (const statement of body) this.visit(statement, inner);
    const open = node.type === 'StaticBlock' ? this.text.indexOf('{', node.start) : node.start;
    let start = this.takeHoisted(node);
    if (node.type === 'StaticBlock' && unit.needsThis) start = `const $$this = this;${start}`;
    if (start !== '') this.code.appendLeft(open + 1, start);
  }

  bindingOf(node: Extract<SyntaxNode, { type: 'Identifier' }>): Binding | undefined {
    return this.facts.references.get(node);
  }
}
