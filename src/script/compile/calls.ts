import { apiKind } from './api.js';
import type { Frame, Rewriting } from './frame.js';
import { nameOfKey } from './names.js';
import type { SyntaxNode } from './parse.js';
import { positionOf } from './tokens.js';

type CallNode = Extract<SyntaxNode, { type: 'CallExpression' }>;
type ChainNode = Extract<SyntaxNode, { type: 'ChainExpression' }>;
type TaggedNode = Extract<SyntaxNode, { type: 'TaggedTemplateExpression' }>;

/** Dispatchers are written out for calls with so many arguments; others go by an array. */
const ARGUMENTS_MAX = 3;

/** A call: left alone where it cannot lead to a wait, else dispatched, and waited for. */
export function rewriteCall(rewriting: Rewriting, node: CallNode, frame: Frame): void {
  const { callee } = node;
  for (const argument of node.arguments) rewriting.visit(argument, frame);
  const waits = frame.resumable && rewriting.reach.waits(rewriting.facts.targetsOf.get(node) ?? []);
  if (callee.type === 'Super') {
    superCall(rewriting, node, frame);
    return;
  }
  if (!waits) {
    if (callee.type === 'Identifier') rewriting.identifier(callee, true);
    else if (isSuperMember(callee) && rewriting.arrowOwner(frame.unit, 'needsSuper')) {
      rewriting.arrowOwner(frame.unit, 'needsThis');
      rewriting.visit(callee, frame);
      const comma = node.arguments.length > 0 ? ', ' : '';
      replaceOpening(rewriting, node, `.call($$this${comma}`);
    } else rewriting.visit(callee, frame);
    return;
  }
  if (blockingApi(rewriting, node)) return;
  const direct = directTwin(rewriting, callee);
  if (direct !== undefined) {
    rewriting.code.overwrite(callee.start, callee.end, `${direct}${marker(node, rewriting.text)}`);
    rewriting.wrap(node, '(yield* ', ')');
    return;
  }
  rewriting.visit(callee, frame);
  dispatch(rewriting, node, frame);
}

/** Where a call's bracket stands, for stack traces: k6 points there. */
function marker(node: CallNode, text: string): string {
  return `/*@${openingBracket(node, text)}*/`;
}

/** The callee may itself stand in brackets, which the tree does not show. */
function openingBracket(node: CallNode, text: string): number {
  return positionOf(text, '(', node.callee.end);
}

/** `super(...)` gives `this` its value, which arrows inside may need. */
function superCall(rewriting: Rewriting, node: CallNode, frame: Frame): void {
  let owner = frame.unit;
  while (owner.kind === 'arrow' && owner.parent !== undefined) owner = owner.parent;
  // Whether an arrow needs it is known only at the end of the constructor: the variable is always set.
  if (owner.kind === 'derived-constructor') rewriting.wrap(node, '($$this = ', ')');
}

function isSuperMember(node: SyntaxNode): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'Super';
}

/** Calls of k6's own, known by the import: no dispatch, no generator of their own. */
function blockingApi(rewriting: Rewriting, node: CallNode): boolean {
  const name = blockingName(rewriting, node.callee);
  if (name === undefined) return false;
  const place = marker(node, rewriting.text);
  rewriting.code.overwrite(node.callee.start, node.callee.end, `$$k.${name}${place}`);
  const after = name === 'sleep' ? ' ? yield $$W : undefined)' : ` && (yield $$W), $$k.answer${place}())`;
  rewriting.wrap(node, '(', after);
  return true;
}

/** Those that are begun by one call and resumed with their result at hand. */
const BEGUN: ReadonlySet<string> = new Set([
  'sleep',
  'get',
  'head',
  'post',
  'put',
  'patch',
  'del',
  'options',
  'request',
]);

function blockingName(rewriting: Rewriting, callee: SyntaxNode): string | undefined {
  let name: string | undefined;
  let kind: string | undefined;
  if (callee.type === 'Identifier') {
    const origin = rewriting.bindingOf(callee)?.origin;
    if (origin === undefined) return undefined;
    name = origin.imported;
    kind = apiKind(origin);
  } else if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && !callee.computed) {
    const origin = rewriting.bindingOf(callee.object)?.origin;
    name = nameOfKey(callee.property);
    if (origin === undefined || name === undefined) return undefined;
    kind = apiKind(origin, name);
  }
  return kind === 'blocking' && name !== undefined && BEGUN.has(name) ? name : undefined;
}

/** The generator of a function declaration that nothing else was ever assigned to. */
function directTwin(rewriting: Rewriting, callee: SyntaxNode): string | undefined {
  if (callee.type !== 'Identifier') return undefined;
  const binding = rewriting.bindingOf(callee);
  const unit = binding?.only;
  if (unit === undefined || !unit.resumable || unit.async || unit.generator) return undefined;
  return rewriting.facts.blockOf.has(unit.node) ? `$$g_${callee.name}` : undefined;
}

function dispatch(rewriting: Rewriting, node: CallNode, frame: Frame): void {
  const { callee } = node;
  const count = node.arguments.length;
  const byArray = count > ARGUMENTS_MAX || node.arguments.some(({ type }) => type === 'SpreadElement');
  const arity = byArray ? 'a' : String(count);
  const place = marker(node, rewriting.text);
  let open = count === 0 && !byArray ? '' : ', ';
  if (byArray) open += '[';
  let name = `$$c${arity}`;
  if (callee.type === 'MemberExpression') {
    if (callee.object.type === 'Super') {
      name = `$$v${arity}`;
      const self = rewriting.arrowOwner(frame.unit, 'needsThis') ? '$$this' : 'this';
      open = `, ${self}${open}`;
    } else if (callee.property.type === 'PrivateIdentifier') {
      name = `$$v${arity}`;
      const self = frame.temporary();
      rewriting.wrap(callee.object, `(${self} = (`, '))');
      open = `, ${self}${open}`;
    } else {
      name = `$$m${arity}`;
      splitMember(rewriting, callee);
    }
  }
  replaceOpening(rewriting, node, open);
  const result = frame.result();
  const close = byArray ? ']' : '';
  if (close !== '') rewriting.code.appendLeft(node.end - 1, close);
  rewriting.wrap(node, `((${result} = ${name}${place}(`, `) === $$s ? yield* $$p${place}() : ${result})`);
}

/** `a.b` becomes `a, "b"`; `a[b]` becomes `a, b`. */
function splitMember(rewriting: Rewriting, callee: Extract<SyntaxNode, { type: 'MemberExpression' }>): void {
  const { object, property, computed } = callee;
  const { text, code } = rewriting;
  if (!computed) {
    const dot = positionOf(text, '.', object.end);
    code.overwrite(dot, callee.end, `, ${JSON.stringify(nameOfKey(property))}`);
    return;
  }
  const bracket = positionOf(text, '[', object.end);
  code.overwrite(bracket, bracket + 1, ', (');
  code.overwrite(callee.end - 1, callee.end, ')');
}

/** Replaces the bracket that opens the arguments. */
function replaceOpening(rewriting: Rewriting, node: CallNode, text: string): void {
  const bracket = openingBracket(node, rewriting.text);
  rewriting.code.overwrite(bracket, bracket + 1, text === '' ? ' ' : text);
}

/** `a?.b(c)`: where something in it may wait, the chain is written out with conditions. */
export function rewriteChain(rewriting: Rewriting, node: ChainNode, frame: Frame): void {
  if (!frame.resumable || !chainWaits(rewriting, node.expression)) {
    rewriting.visit(node.expression, frame);
    return;
  }
  const opens: string[] = [];
  const link = chainLink(rewriting, node.expression, frame, opens);
  rewriting.code.overwrite(
    node.start,
    node.end,
    `(${opens.join('')}${link.text}${')'.repeat(opens.length)})`,
  );
}

function chainWaits(rewriting: Rewriting, node: SyntaxNode): boolean {
  if (node.type === 'CallExpression') {
    if (rewriting.reach.waits(rewriting.facts.targetsOf.get(node) ?? [])) return true;
    return chainWaits(rewriting, node.callee);
  }
  return node.type === 'MemberExpression' && chainWaits(rewriting, node.object);
}

interface ChainLink {
  readonly text: string;
  /** What a method is called on, and its key. */
  readonly object?: string;
  readonly key?: string;
}

function chainLink(rewriting: Rewriting, node: SyntaxNode, frame: Frame, opens: string[]): ChainLink {
  if (node.type === 'MemberExpression') {
    const { text } = chainLink(rewriting, node.object, frame, opens);
    const object = node.optional ? opened(frame, opens, text) : text;
    if (node.computed) {
      rewriting.visit(node.property, frame);
      const key = `(${rewriting.slice(node.property)})`;
      return { text: `${object}[${key}]`, object, key };
    }
    const name = nameOfKey(node.property)!;
    if (name.startsWith('#')) return { text: `${object}.${name}` };
    return { text: `${object}.${name}`, object, key: JSON.stringify(name) };
  }
  if (node.type === 'CallExpression') return chainCall(rewriting, node, frame, opens);
  rewriting.visit(node, frame);
  return { text: `(${rewriting.slice(node)})` };
}

function chainCall(rewriting: Rewriting, node: CallNode, frame: Frame, opens: string[]): ChainLink {
  const callee = chainLink(rewriting, node.callee, frame, opens);
  for (const argument of node.arguments) rewriting.visit(argument, frame);
  const list = `[${node.arguments.map((argument) => argumentText(rewriting, argument)).join(', ')}]`;
  const place = marker(node, rewriting.text);
  const result = frame.result();
  const wait = (call: string) => ({
    text: `((${result} = ${call}) === $$s ? yield* $$p${place}() : ${result})`,
  });
  if (callee.object === undefined) {
    const target = node.optional ? opened(frame, opens, callee.text) : callee.text;
    return wait(`$$ca${place}(${target}, ${list})`);
  }
  if (!node.optional) return wait(`$$ma${place}(${callee.object}, ${callee.key}, ${list})`);
  const self = frame.temporary();
  const method = opened(frame, opens, `(${self} = ${callee.object})[${callee.key}]`);
  return wait(`$$va${place}(${method}, ${self}, ${list})`);
}

function argumentText(rewriting: Rewriting, node: SyntaxNode): string {
  const text = rewriting.slice(node);
  return node.type === 'SpreadElement' ? text : `(${text})`;
}

function opened(frame: Frame, opens: string[], text: string): string {
  const variable = frame.temporary();
  opens.push(`((${variable} = ${text}) == null ? void 0 : `);
  return variable;
}

/** A tagged template: its parts are collected by a tag of the runtime, then the call is as any other. */
export function rewriteTagged(rewriting: Rewriting, node: TaggedNode, frame: Frame): void {
  rewriting.visitChildren(node, frame);
  if (!frame.resumable || !rewriting.reach.waits(rewriting.facts.targetsOf.get(node) ?? [])) return;
  const { tag } = node;
  const isMethod = tag.type === 'MemberExpression' && tag.object.type !== 'Super';
  if (isMethod) splitMember(rewriting, tag);
  rewriting.code.prependRight(node.quasi.start, ', $$parts');
  const result = frame.result();
  const name = isMethod ? '$$ma' : '$$ca';
  rewriting.wrap(node, `((${result} = ${name}(`, `)) === $$s ? yield* $$p() : ${result})`);
}
