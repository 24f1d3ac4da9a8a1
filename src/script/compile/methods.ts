import { Frame, type Rewriting } from './frame.js';
import { generatorText, insertStart, lengthOf, shapeOf, visitFunction } from './functions.js';
import type { FunctionNode, SyntaxNode } from './parse.js';
import type { FunctionUnit } from './scope.js';

type ClassNode = Extract<SyntaxNode, { type: 'ClassDeclaration' | 'ClassExpression' }>;
type MemberNode = ClassNode['body']['body'][number];
type MethodNode = Extract<MemberNode, { type: 'MethodDefinition' }>;
type FieldNode = Extract<MemberNode, { type: 'PropertyDefinition' }>;
type PropertyNode = Extract<SyntaxNode, { type: 'Property' }>;

/**
 * A class: methods that may wait are written as generators, with `super` as it was, and a static block lets the runtime put
 * ordinary methods in their places before anything else of the class runs.
 */
export function rewriteClass(rewriting: Rewriting, node: ClassNode, frame: Frame): void {
  if (node.superClass) rewriting.visit(node.superClass, frame);
  const pairs: string[] = [];
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') rewriting.visit(member, frame);
    else if (member.type === 'PropertyDefinition') rewriteField(rewriting, member, frame);
    else rewriteClassMethod(rewriting, member, frame, { pairs, bodyStart: node.body.start + 1 });
  }
  if (pairs.length > 0) rewriting.code.appendLeft(node.body.start + 1, ` static { ${pairs.join(' ')} }`);
  if (node.type === 'ClassDeclaration' && !node.id)
    rewriting.code.appendLeft(node.start + 'class'.length, ' $$default');
}

function rewriteField(rewriting: Rewriting, member: FieldNode, frame: Frame): void {
  if (member.computed) rewriting.visit(member.key, frame);
  const { value } = member;
  if (!value) return;
  const outer = rewriting.facts.initializerOf.get(member)!;
  rewriting.visit(value, new Frame(outer, false));
  if (outer.needsThis) rewriting.wrap(value, '(($$this) => (', '))(this)');
}

interface ClassPlace {
  readonly pairs: string[];
  readonly bodyStart: number;
}

function rewriteClassMethod(rewriting: Rewriting, member: MethodNode, frame: Frame, place: ClassPlace): void {
  const node = member.value;
  const unit = rewriting.facts.unitOf.get(node)!;
  if (member.computed) rewriting.visit(member.key, frame);
  const start = visitFunction(rewriting, node, unit);
  if (!unit.transformed) {
    insertStart(rewriting, node, start);
    return;
  }
  if (member.key.type === 'PrivateIdentifier') {
    privateMethod(rewriting, member, unit, start, place);
    return;
  }
  const word = member.static ? 'static ' : '';
  const { key, text } = keyTexts(rewriting, member, frame);
  generatorText(rewriting, node, { from: member.start, head: `${word}*${text}`, start });
  const owner = member.static ? 'this' : 'this.prototype';
  place.pairs.push(`$$j(${owner}, ${key}, ${shapeOf(unit)}, ${lengthOf(node)});`);
}

/** The key as the class writes it, and the expression that names it afterwards. */
function keyTexts(rewriting: Rewriting, member: MethodNode, frame: Frame): { key: string; text: string } {
  const written = rewriting.slice(member.key);
  if (!member.computed) {
    const isName = member.key.type === 'Identifier';
    return { key: isName ? JSON.stringify(written) : written, text: written };
  }
  const variable = frame.temporary();
  return { key: variable, text: `[${variable} = $$key(${written})]` };
}

/** A private method cannot be replaced afterwards: it becomes a private field that holds the function. */
function privateMethod(
  rewriting: Rewriting,
  member: MethodNode,
  unit: FunctionUnit,
  start: string,
  place: ClassPlace,
): void {
  const word = member.static ? 'static ' : '';
  const head = `${word}${rewriting.slice(member.key)} = $$f(${shapeOf(unit)}, function*`;
  generatorText(rewriting, member.value, { from: member.start, head, start });
  rewriting.code.appendLeft(member.end, `, ${lengthOf(member.value)});`);
  if (member.start > place.bodyStart) rewriting.code.move(member.start, member.end, place.bodyStart);
}

/** `{ m() {...} }`: where it may wait, `{ m: <function> }`. */
export function rewriteMethod(rewriting: Rewriting, property: PropertyNode): void {
  const node = property.value as FunctionNode;
  const unit = rewriting.facts.unitOf.get(node)!;
  const start = visitFunction(rewriting, node, unit);
  if (!unit.transformed) {
    insertStart(rewriting, node, start);
    return;
  }
  const written = rewriting.slice(property.key);
  const key = property.computed ? `[${written}]` : written;
  generatorText(rewriting, node, {
    from: property.start,
    head: `${key}: $$f(${shapeOf(unit)}, function*`,
    start,
  });
  rewriting.code.appendLeft(property.end, `, ${lengthOf(node)})`);
}
